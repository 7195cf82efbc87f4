// The reductions of the secure sums: sums of integers from a range that each client's value is held to. What
// the server may see is the sum alone; masking belongs to the privacy room, the arithmetic is the same.
import { RejectedUpdateError } from '../errors/starling-error.js';
import type { Reduction } from '../plan/reduction.js';
import type { Aggregation } from '../plan/round-plan.js';
import { leafTypes } from '../types/leaves.js';
import { allocate, type Tensor } from '../values/tensor.js';
import { sumReduction } from './sum.js';
import type { VectorKernels } from './vector-kernels.js';

/** Values from 0 to `maxInput`, or of at most `bitwidth` bits. */
export function secureSumReduction(aggregation: Aggregation<unknown>, vectors: VectorKernels): Reduction {
  const { maxInput = 0, bitwidth = 0 } = aggregation.settings ?? {};
  const high = aggregation.kind === 'secure-sum-bitwidth' ? 2 ** bitwidth - 1 : maxInput;
  return { ...sumReduction(aggregation, vectors), check: (update) => checkRange(update, 0, high) };
}

/**
 * Values from 0 to modulus − 1, summed modulo `modulus`; when symmetric, values from 1 − modulus to modulus − 1,
 * wrapped into that range (period 2·modulus − 1), as TFF's secure_modular_sum with a symmetric range.
 */
export function secureModularSumReduction(
  aggregation: Aggregation<unknown>,
  vectors: VectorKernels,
): Reduction {
  const { modulus = 1, symmetric = 0 } = aggregation.settings ?? {};
  const low = symmetric ? 1 - modulus : 0;
  const period = modulus - low;
  const types = leafTypes(aggregation.update);
  const sum = sumReduction(aggregation, vectors);
  return {
    ...sum,
    check: (update) => checkRange(update, low, modulus - 1),
    report: (accumulator) => accumulator.map((leaf, index) => wrap(leaf, types[index]!.dtype, low, period)),
  };
}

function wrap(sum: Tensor, dtype: Tensor['dtype'], low: number, period: number): Tensor {
  const data = allocate(dtype, sum.data.length) as (number | bigint)[] & Tensor['data'];
  const modulo = BigInt(period);
  for (let index = 0; index < data.length; index++) {
    const offset = BigInt(sum.data[index]!) - BigInt(low);
    const wrapped = (((offset % modulo) + modulo) % modulo) + BigInt(low);
    data[index] = dtype === 'int64' ? wrapped : Number(wrapped);
  }
  return { dtype, shape: sum.shape, data };
}

function checkRange(update: readonly Tensor[], low: number, high: number): void {
  for (const leaf of update) {
    for (const value of leaf.data) {
      if (Number(value) < low || Number(value) > high) {
        throw new RejectedUpdateError(
          'out-of-range',
          `Cannot add a client's value to a secure sum: need ${low} to ${high}, got ${value}`,
        );
      }
    }
  }
}
