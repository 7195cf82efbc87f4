// Names for what a client sends in a phase: the path of each leaf, and the intrinsic that takes it.
import { inspectPlan } from '@starling/federated-core';
import { type RoundPlan, updateNames } from '@starling/federated-core/plan';

export interface UpdateLeaf {
  /** Such as `dense_1_kernel`; `the weight` for that of a weighted mean, `value` for a bare tensor. */
  readonly path: string;
  /** The intrinsic that the user wrote, such as `federatedMean`. */
  readonly intrinsic: string;
}

/** The leaves of an update of phase `phase`, in order. */
export function updateLeaves(plan: RoundPlan, phase: number): readonly UpdateLeaf[] {
  const { updates } = inspectPlan(plan).phases[phase]!;
  return plan.phases[phase]!.aggregations.flatMap((aggregation, index) => {
    const { intrinsic } = updates[index]!;
    return updateNames(aggregation).map((path) => ({ path, intrinsic }));
  });
}
