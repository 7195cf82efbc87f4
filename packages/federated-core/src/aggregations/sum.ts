// The reduction of `federatedSum`: update T, accumulator the sums of its leaves.

import type { Aggregation } from '../plan/round-plan.js';
import { addLeaves, castLeaves, zeroSums } from '../sums/sums.js';
import type { VectorKernels } from '../sums/vector-kernels.js';
import { leafTypes } from '../types/leaves.js';
import type { Tensor } from '../values/tensor.js';
import { finiteAggregate } from './finite.js';
import type { Reduction } from './reduction.js';

export function sumReduction(
  { update }: Pick<Aggregation<unknown>, 'update'>,
  vectors: VectorKernels,
): Reduction {
  const types = leafTypes(update);
  return {
    zero: () => zeroSums(types),
    accumulate: (accumulator, leaves) => addLeaves(accumulator as Tensor[], leaves, 1, vectors),
    merge: (left, right) => addLeaves(left as Tensor[], right, 1, vectors),
    report: (accumulator) =>
      finiteAggregate('federatedSum', castLeaves('federatedSum', types, accumulator), vectors),
  };
}
