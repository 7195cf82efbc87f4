// How many of the leaves of work are client state: of what goes in, and of what comes out.
import { leafCount } from '../types/leaves.js';
import type { RoundPlan } from './round-plan.js';

/** Leaves of what each client keeps; 0 where clients keep nothing. */
export function stateLeafCount({ clientState }: Pick<RoundPlan<unknown>, 'clientState'>): number {
  return clientState === undefined ? 0 : leafCount(clientState.type);
}

/** What the work of a phase gives, in leaves: first the updates, then the new client state, if it makes one. */
export function workOutputs(
  plan: RoundPlan<unknown>,
  phase: number,
): { readonly updates: number; readonly state: number } {
  const { aggregations } = plan.phases[phase]!;
  return {
    updates: aggregations.reduce((sum, { update }) => sum + leafCount(update), 0),
    state: plan.clientState?.madeIn === phase ? stateLeafCount(plan) : 0,
  };
}
