// `federatedSum` in a plan: the accumulator is the sums of the leaves.
import { addLeaves, castLeaves, zeroSums } from '../sums/sums.js';
import type { VectorKernels } from '../sums/vector-kernels.js';
import { leafTypes } from '../types/leaves.js';
import type { Tensor } from '../values/tensor.js';
import { type AggregationParts, defineAggregation } from './definition.js';
import { finiteAggregate } from './finite.js';
import type { Reduction } from './reduction.js';

/** Update T. */
export const sumAggregation = defineAggregation({
  kind: 'sum',
  settings: {},
  reduction: (aggregation, _settings, { vectors }) => sumReduction(aggregation, vectors),
});

/** Sums of the leaves of an update, which the secure sums have, too. */
export function sumReduction(
  { update }: Pick<AggregationParts<unknown>, 'update'>,
  vectors: VectorKernels,
): Reduction {
  const types = leafTypes(update);
  return {
    zero: () => zeroSums(types),
    accumulate: (accumulator, leaves) => addLeaves(accumulator as Tensor[], leaves, 1, vectors),
    merge: (left, right) => addLeaves(left as Tensor[], right, 1, vectors),
    report(accumulator) {
      const { leaves, areFinite } = castLeaves('federatedSum', types, accumulator, 1, vectors);
      return areFinite ? leaves : finiteAggregate('federatedSum', update, leaves);
    },
  };
}
