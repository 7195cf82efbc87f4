// What keeps clients' values in a plan: `federatedCollect` (all, in cohort order) and `federatedSample` (those with
// the smallest draws, in cohort order). The accumulator is the leaves of the kept updates, one update
// after another; they become columns once, in the report, so that a cohort costs what its updates cost.

import { leafTypes } from '../types/leaves.js';
import { stackTensors } from '../values/stack.js';
import type { Tensor } from '../values/tensor.js';
import { type AggregationParts, defineAggregation } from './definition.js';
import type { Accumulator, Reduction } from './reduction.js';

/** Update T. */
export const collectAggregation = defineAggregation({
  kind: 'collect',
  settings: {},
  reduction: collectReduction,
});

/** Update <T, float64>: a value, and the draw that ranks it. */
export const sampleAggregation = defineAggregation({
  kind: 'sample',
  settings: { maxSamples: 'number' },
  reduction: (aggregation, { maxSamples }) => sampleReduction(aggregation, maxSamples),
});

export function collectReduction({ update }: Pick<AggregationParts<unknown>, 'update'>): Reduction {
  const types = leafTypes(update);
  return {
    zero: () => [],
    accumulate: (accumulator, leaves) => append(accumulator as Tensor[], leaves.map(copyOf)),
    merge: (left, right) => append(left as Tensor[], right),
    report: (accumulator) =>
      types.map((type, leaf) =>
        stackTensors(
          type,
          accumulator.filter((_, index) => index % types.length === leaf),
        ),
      ),
  };
}

/** The last leaf of an update is its draw; of two equal draws the earlier client's is kept. */
export function sampleReduction(
  aggregation: Pick<AggregationParts<unknown>, 'update'>,
  maxSamples: number,
): Reduction {
  const width = leafTypes(aggregation.update).length;
  const collect = collectReduction(aggregation);
  const add = (kept: Tensor[], leaves: readonly Tensor[]): Tensor[] => {
    append(kept, leaves);
    if (kept.length > maxSamples * width) kept.splice(largestDraw(kept, width) * width, width);
    return kept;
  };
  return {
    zero: collect.zero,
    accumulate: (accumulator, leaves) => add(accumulator as Tensor[], leaves.map(copyOf)),
    merge(left, right) {
      for (let start = 0; start < right.length; start += width) {
        add(left as Tensor[], right.slice(start, start + width));
      }
      return left;
    },
    report: async (accumulator) => (await collect.report(accumulator)).slice(0, -1),
  };
}

/** Which of the updates, `width` leaves each, has the largest draw: the last of equal ones. */
function largestDraw(kept: Accumulator, width: number): number {
  let largest = 0;
  for (let update = 1; update * width < kept.length; update++) {
    if (drawOf(kept, width, update) >= drawOf(kept, width, largest)) largest = update;
  }
  return largest;
}

function drawOf(kept: Accumulator, width: number, update: number): number {
  return kept[(update + 1) * width - 1]!.data[0] as number;
}

function append(to: Tensor[], leaves: readonly Tensor[]): Tensor[] {
  for (const leaf of leaves) to.push(leaf);
  return to;
}

/** The caller may use an update's memory again. */
function copyOf(leaf: Tensor): Tensor {
  return { ...leaf, data: leaf.data.slice() as Tensor['data'] };
}
