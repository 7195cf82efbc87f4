// `federatedSum` in a plan: the accumulator is the sums of the leaves.
import { addRows } from '../sums/add-rows.js';
import { addLeaves, castLeaves, zeroSums } from '../sums/sums.js';
import type { VectorKernels } from '../sums/vector-kernels.js';
import { leafPlace } from '../types/leaf-names.js';
import { leafTypes } from '../types/leaves.js';
import type { Tensor } from '../values/tensor.js';
import { type AggregationParts, defineAggregation } from './definition.js';
import { finiteAggregate } from './finite.js';
import type { Accumulator, Reduction } from './reduction.js';

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
  const place = (leaf: number): string => leafPlace(update, leaf);
  const add = (sums: Accumulator, leaves: readonly Tensor[]): Accumulator =>
    addLeaves(sums as Tensor[], leaves, 1, vectors, types.length, place);
  return {
    zero: () => zeroSums(types),
    accumulate: add,
    accumulateMany: (accumulator, columns, from, to) => addRows(accumulator, columns, from, to, place),
    merge: add,
    report(accumulator) {
      const { leaves, areFinite } = castLeaves('federatedSum', types, accumulator, 1, vectors, place);
      return areFinite ? leaves : finiteAggregate('federatedSum', update, leaves);
    },
  };
}
