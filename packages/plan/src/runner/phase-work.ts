// The work of a client of a plan whose clients keep a state, taken apart: what goes up, and what the client keeps.
import {
  formatType,
  RejectedUpdateError,
  type Seed,
  StarlingError,
  struct,
  type Tensor,
  type TensorType,
} from '@starling/federated-core';
import { findNonFinite, leafTypes, type RoundPlan, workOutputs } from '@starling/federated-core/plan';
import type { Leaves, PlanRunner } from './plan-runner.js';

/** What is a client's own in a phase. */
export interface OwnLeaves {
  readonly slices: Leaves;
  /** None where clients keep nothing. */
  readonly state: Leaves;
  readonly input: Leaves;
}

export interface Worked {
  readonly update: Leaves;
  /** The new state; `null` in a phase that makes none. */
  readonly state: Leaves | null;
}

export type PhaseWork = (broadcast: Leaves, own: OwnLeaves, seed: Seed) => Promise<Worked>;

/**
 * The work of a phase. Throws a `RejectedUpdateError` (`non-finite-state`) for a new state with a NaN or an infinity
 * where the plan says that it is to be finite, so that the state stays as it was.
 */
export function phaseWork(
  plan: RoundPlan<string>,
  phase: number,
  runner: Pick<PlanRunner, 'work'>,
): PhaseWork {
  const outputs = workOutputs(plan, phase);
  const types = plan.clientState === undefined ? [] : leafTypes(plan.clientState.type);
  /** One that another plan made, which a run was continued from all the same, may be of another type. */
  const checkState = (state: Leaves): void => {
    const fits = state.length === types.length && state.every((leaf, index) => isOfType(leaf, types[index]!));
    if (fits) return;
    throw new StarlingError(
      'wrong-inputs',
      `Cannot work: need a client state of ${formatType(plan.clientState?.type ?? struct([]))}, got one of another type`,
    );
  };
  const finite = plan.clientState?.finite === true;
  return async (broadcast, { slices, state, input }, seed) => {
    checkState(state);
    const worked = await runner.work(phase, broadcast, [...slices, ...state, ...input], seed);
    if (outputs.state === 0) return { update: worked, state: plan.clientState?.madeIn === phase ? [] : null };
    const made = worked.slice(outputs.updates);
    if (finite && findNonFinite(made) !== null) {
      // Not where in the state: that would leave the client.
      throw new RejectedUpdateError(
        'non-finite-state',
        'Cannot keep a new state: its numbers must be finite, got a NaN or an infinity',
      );
    }
    return { update: worked.slice(0, outputs.updates), state: made };
  };
}

function isOfType({ dtype, shape }: Tensor, type: TensorType): boolean {
  return (
    dtype === type.dtype &&
    shape.length === type.shape.length &&
    shape.every((size, axis) => type.shape[axis] === null || type.shape[axis] === size)
  );
}
