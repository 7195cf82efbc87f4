// Whether the rounds of a plan can do without waiting: each report is then folded into whichever step is next, beside
// reports that were made of other states. What makes that impossible is named here, once for all who run plans.
import { aggregationDefinition } from '../aggregations/aggregations.js';
import { StarlingError } from '../errors/starling-error.js';
import { aggregateOf } from '../intrinsics/intrinsics.js';
import type { RoundPlan } from '../plan/round-plan.js';

/** Throws a `StarlingError` with code `not-asynchronous` that says what stands in the way, and where. */
export function checkAsynchronous(plan: RoundPlan<unknown>): void {
  const reason = whyNot(plan);
  if (reason === null) return;
  throw new StarlingError('not-asynchronous', `Cannot run ${plan.name} asynchronously: ${reason}`);
}

function whyNot(plan: RoundPlan<unknown>): string | null {
  const { phases, clientState, sources } = plan;
  const [only, ...later] = phases;
  const need = 'need one phase of broadcast, work and sum';
  if (only === undefined) return `${need}, got none: it asks nothing of clients`;
  const nameOf = (phase: number, index: number): string => {
    const { kind } = phases[phase]!.aggregations[index]!;
    return sources?.aggregations[phase]?.[index] ?? aggregateOf(kind).name;
  };
  if (later.length > 0) {
    const names = phases[0]!.aggregations.map((_, index) => nameOf(0, index)).join(', ');
    return `${need}, got ${phases.length}: phase 2 waits for what phase 1 comes to (${names}), and a client that comes by itself has not been in it`;
  }
  if (clientState !== undefined) {
    return 'phase 1 makes a client state, which is named after the round that it counts in, and a client cannot know in which step its report will count. Run it in rounds that wait: leave asynchronous out';
  }
  const kinds = only.aggregations.map(({ kind }) => aggregationDefinition(kind));
  const secure = kinds.findIndex((one) => one.secure === true);
  if (secure !== -1) {
    return `phase 1 has a secure sum (${nameOf(0, secure)}): a client masks what it sends before its staleness is known, and the server can weigh no single update. Run it in rounds that wait: leave asynchronous out`;
  }
  if (!kinds.some(({ discounts }) => discounts === true)) {
    const names = only.aggregations.map((_, index) => nameOf(0, index)).join(', ');
    return `phase 1 says nowhere what a stale report counts for (${names}). Average by federatedDiscountedMean, with { discount: 0 } if it counts in full; a learning algorithm does so with the aggregator discountedMean(), as fedBuff has it`;
  }
  return null;
}
