// The reductions that keep clients' values: `federatedCollect` (all, in cohort order) and `federatedSample`
// (those with the smallest draws, in cohort order). The accumulator is the columns of a dataset, growing.
import type { Reduction } from '../plan/reduction.js';
import type { Aggregation } from '../plan/round-plan.js';
import { leafTypes } from '../types/leaves.js';
import { concatenate, elementAt, stackTensors } from '../values/stack.js';
import type { Tensor } from '../values/tensor.js';

export function collectReduction({ update }: Pick<Aggregation<unknown>, 'update'>): Reduction {
  const types = leafTypes(update);
  const join = (left: readonly Tensor[], right: readonly Tensor[]) =>
    left.map((column, index) => concatenate(column, right[index]!));
  return {
    zero: () => types.map((type) => stackTensors(type, [])),
    accumulate: (accumulator, leaves) =>
      join(
        accumulator,
        leaves.map((leaf, index) => stackTensors(types[index]!, [leaf])),
      ),
    merge: join,
    report: (accumulator) => accumulator,
  };
}

/** The last leaf of an update is its draw; of two equal draws the earlier client's is kept. */
export function sampleReduction(aggregation: Aggregation<unknown>): Reduction {
  const { maxSamples = 0 } = aggregation.settings ?? {};
  const types = leafTypes(aggregation.update);
  const collect = collectReduction(aggregation);
  const keepSmallest = (columns: readonly Tensor[]): readonly Tensor[] => {
    const draws = columns.at(-1)!.data as Float64Array;
    if (draws.length <= maxSamples) return columns;
    const kept = [...draws.keys()]
      .sort((a, b) => draws[a]! - draws[b]! || a - b)
      .slice(0, maxSamples)
      .sort((a, b) => a - b);
    return columns.map((column, index) =>
      stackTensors(
        types[index]!,
        kept.map((row) => elementAt(column, row)),
      ),
    );
  };
  return {
    zero: collect.zero,
    accumulate: async (accumulator, leaves) => keepSmallest(await collect.accumulate(accumulator, leaves)),
    merge: async (left, right) => keepSmallest(await collect.merge(left, right)),
    report: (accumulator) => accumulator.slice(0, -1),
  };
}
