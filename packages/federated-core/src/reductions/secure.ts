// The reductions of the secure sums: sums of integers from a range that each client's value is held to. What
// the server may see is the sum alone; masking belongs to the privacy room, the arithmetic is the same.
import { RejectedUpdateError } from '../errors/starling-error.js';
import type { Reduction } from '../plan/reduction.js';
import type { Aggregation } from '../plan/round-plan.js';
import { leafTypes } from '../types/leaves.js';
import { allocate, type Tensor } from '../values/tensor.js';
import { settingOf } from './leaf-setting.js';
import { sumReduction } from './sum.js';
import type { VectorKernels } from './vector-kernels.js';

/** The least and the greatest value that a client may send in a leaf. */
type RangeOf = (leaf: number) => readonly [low: number, high: number];

/** Values from 0 to `maxInput`, or of at most `bitwidth` bits. */
export function secureSumReduction(aggregation: Aggregation<unknown>, vectors: VectorKernels): Reduction {
  const { kind, settings } = aggregation;
  const rangeOf: RangeOf = (leaf) =>
    kind === 'secure-sum-bitwidth'
      ? [0, 2 ** settingOf(settings, 'bitwidth', leaf) - 1]
      : [0, settingOf(settings, 'maxInput', leaf)];
  return { ...sumReduction(aggregation, vectors), check: (update) => checkRange(update, rangeOf) };
}

/**
 * Values from 0 to modulus − 1, summed modulo `modulus`; when symmetric, values from 1 − modulus to modulus − 1,
 * wrapped into that range (period 2·modulus − 1), as TFF's secure_modular_sum with a symmetric range.
 */
export function secureModularSumReduction(
  aggregation: Aggregation<unknown>,
  vectors: VectorKernels,
): Reduction {
  const { settings } = aggregation;
  const rangeOf: RangeOf = (leaf) => {
    const modulus = settingOf(settings, 'modulus', leaf);
    return [settingOf(settings, 'symmetric', leaf) === 1 ? 1 - modulus : 0, modulus - 1];
  };
  const types = leafTypes(aggregation.update);
  return {
    ...sumReduction(aggregation, vectors),
    check: (update) => checkRange(update, rangeOf),
    report: (accumulator) =>
      accumulator.map((sum, leaf) => {
        const [low, high] = rangeOf(leaf);
        return wrap(sum, types[leaf]!.dtype, low, high - low + 1);
      }),
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

function checkRange(update: readonly Tensor[], rangeOf: RangeOf): void {
  for (const [index, leaf] of update.entries()) {
    const [low, high] = rangeOf(index);
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
