// Names for what a client sends in a phase: the path of each leaf, and the intrinsic that takes it.
import { inspectPlan, structEntries, type Type } from '@starling/federated-core';
import type { RoundPlan } from '@starling/federated-core/plan';
import { leafNames } from '../rounds/leaf-names.js';

export interface UpdateLeaf {
  /** Such as `dense_1_kernel`; `weight` for that of a weighted mean, `value` for a bare tensor. */
  readonly path: string;
  /** The intrinsic that the user wrote, such as `federatedMean`. */
  readonly intrinsic: string;
}

/** The leaves of an update of phase `phase`, in order. */
export function updateLeaves(plan: RoundPlan, phase: number): readonly UpdateLeaf[] {
  const { updates } = inspectPlan(plan).phases[phase]!;
  return plan.phases[phase]!.aggregations.flatMap(({ kind, update }, index) => {
    const { intrinsic } = updates[index]!;
    const paths = kind === 'weighted-mean' ? pathsOfPair(update) : leafNames(update);
    return paths.map((path) => ({ path, intrinsic }));
  });
}

/** A value and its weight. */
function pathsOfPair(update: Type): readonly string[] {
  return update.kind === 'struct'
    ? [...leafNames(structEntries(update)[0]![1]), 'weight']
    : leafNames(update);
}
