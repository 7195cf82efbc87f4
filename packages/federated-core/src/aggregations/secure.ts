// The reductions of the secure sums: sums of integers from a range that each client's value is held to. What
// the server may see is the sum alone; masking belongs to the privacy room, the arithmetic is the same.
import { RejectedUpdateError } from '../errors/starling-error.js';
import type { Aggregation } from '../plan/round-plan.js';
import { addLeaves } from '../sums/sums.js';
import type { VectorKernels } from '../sums/vector-kernels.js';
import type { Tensor } from '../values/tensor.js';
import { settingOf } from './leaf-setting.js';
import type { Accumulator, Reduction } from './reduction.js';
import { sumReduction } from './sum.js';

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
 * wrapped into that range (period 2·modulus − 1), as TFF's secure_modular_sum with a symmetric range. Sums are wrapped
 * at every step, so that no number of clients leaves the exact integers.
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
  const plain = sumReduction(aggregation, vectors);
  const add = (sums: Accumulator, values: readonly Tensor[]): Accumulator => {
    const added = addLeaves(sums as Tensor[], values, 1, vectors);
    added.forEach((sum, leaf) => {
      wrapOnce(sum, ...rangeOf(leaf));
    });
    return added;
  };
  return { ...plain, check: (update) => checkRange(update, rangeOf), accumulate: add, merge: add };
}

/** Brings sums of two numbers from `low` to `high` back into that range: they are within one period of it. */
function wrapOnce({ data }: Tensor, low: number, high: number): void {
  if (data instanceof BigInt64Array) {
    const [lowest, highest] = [BigInt(low), BigInt(high)];
    const period = highest - lowest + 1n;
    for (let index = 0; index < data.length; index++) {
      if (data[index]! > highest) data[index]! -= period;
      else if (data[index]! < lowest) data[index]! += period;
    }
    return;
  }
  const sums = data as Float64Array;
  const period = high - low + 1;
  for (let index = 0; index < sums.length; index++) {
    if (sums[index]! > high) sums[index]! -= period;
    else if (sums[index]! < low) sums[index]! += period;
  }
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
