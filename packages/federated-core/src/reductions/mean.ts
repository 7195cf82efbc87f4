// The reduction of `federatedMean`: the accumulator is the weighted sums and, last, the total weight.
// Plain: update T, each client weighs 1. Weighted: update <T, weight>.
import { EmptyAggregateError } from '../errors/starling-error.js';
import type { Reduction } from '../plan/reduction.js';
import type { Aggregation } from '../plan/round-plan.js';
import { leafTypes } from '../types/leaves.js';
import { float64 } from '../types/types.js';
import { copyTensor, type Tensor } from '../values/tensor.js';
import { addLeaves, castLeaves, zeroSums } from './sums.js';
import type { VectorKernels } from './vector-kernels.js';

export function meanReduction(
  { kind, update, result, ifEmpty }: Aggregation<unknown>,
  vectors: VectorKernels,
): Reduction {
  const types = leafTypes(result);
  const zero = () => zeroSums([...types, float64()]);
  const weightLeaf = kind === 'weighted-mean' ? leafTypes(update).length - 1 : null;
  return {
    zero,
    accumulate(accumulator, leaves) {
      const weight = weightLeaf === null ? 1 : Number(leaves[weightLeaf]!.data[0]);
      // Weight 0 is left out rather than multiplied by, so that it costs nothing; the sum is the same.
      if (weight === 0) return accumulator;
      const sums = addLeaves(accumulator as Tensor[], leaves, weight, vectors, types.length);
      (sums[types.length]!.data as Float64Array)[0]! += weight;
      return sums;
    },
    merge: (left, right) => addLeaves(left as Tensor[], right, 1, vectors),
    report(accumulator) {
      const total = accumulator.at(-1)!.data[0] as number;
      if (total > 0) return castLeaves('federatedMean', types, accumulator.slice(0, -1), total);
      if (ifEmpty !== undefined) return ifEmpty.map(copyTensor);
      throw new EmptyAggregateError(
        'Cannot report federatedMean: need a total weight above 0, got 0 (no client reported, or all weights are 0); give { ifEmpty } for a value',
      );
    },
  };
}
