// The secure sums in a plan: sums of integers from a range that each client's value is held to. What
// the server may see is the sum alone; masking belongs to the privacy room, the arithmetic is the same.
import { RejectedUpdateError } from '../errors/starling-error.js';
import { addLeaves } from '../sums/sums.js';
import { leafPlace } from '../types/leaf-names.js';
import type { Type } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import { defineAggregation } from './definition.js';
import type { Accumulator } from './reduction.js';
import { settingOfLeaf } from './settings.js';
import { sumReduction } from './sum.js';

/** The least and the greatest value that a client may send in a leaf. */
type RangeOf = (leaf: number) => readonly [low: number, high: number];

/** Update T, of values from 0 to `maxInput`. */
export const secureSumAggregation = defineAggregation({
  kind: 'secure-sum',
  secure: true,
  settings: { maxInput: 'per-leaf' },
  reduction: (aggregation, { maxInput }, { vectors }) => ({
    ...sumReduction(aggregation, vectors),
    check: (update) => checkRange(aggregation.update, update, (leaf) => [0, settingOfLeaf(maxInput, leaf)]),
  }),
});

/** Update T, of values of at most `bitwidth` bits. */
export const secureSumBitwidthAggregation = defineAggregation({
  kind: 'secure-sum-bitwidth',
  secure: true,
  settings: { bitwidth: 'per-leaf' },
  reduction: (aggregation, { bitwidth }, { vectors }) => ({
    ...sumReduction(aggregation, vectors),
    check: (update) =>
      checkRange(aggregation.update, update, (leaf) => [0, 2 ** settingOfLeaf(bitwidth, leaf) - 1]),
  }),
});

/**
 * Update T, of values from 0 to modulus − 1, summed modulo `modulus`; when symmetric, values from 1 − modulus to
 * modulus − 1, wrapped into that range (period 2·modulus − 1), as TFF's secure_modular_sum with a symmetric range. Sums
 * are wrapped at every step, so that no number of clients leaves the exact integers.
 */
export const secureModularSumAggregation = defineAggregation({
  kind: 'secure-modular-sum',
  secure: true,
  settings: { modulus: 'per-leaf', symmetric: 'flag' },
  reduction(aggregation, { modulus, symmetric }, { vectors }) {
    const rangeOf: RangeOf = (leaf) => {
      const highest = settingOfLeaf(modulus, leaf) - 1;
      return [symmetric ? -highest : 0, highest];
    };
    const place = (leaf: number): string => leafPlace(aggregation.update, leaf);
    const add = (sums: Accumulator, values: readonly Tensor[]): Accumulator => {
      const added = addLeaves(sums as Tensor[], values, 1, vectors, sums.length, place);
      added.forEach((sum, leaf) => {
        wrapOnce(sum, ...rangeOf(leaf));
      });
      return added;
    };
    return {
      ...sumReduction(aggregation, vectors),
      check: (update) => checkRange(aggregation.update, update, rangeOf),
      accumulate: add,
      merge: add,
    };
  },
});

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

function checkRange(type: Type, update: readonly Tensor[], rangeOf: RangeOf): void {
  for (const [index, leaf] of update.entries()) {
    const [low, high] = rangeOf(index);
    for (const value of leaf.data) {
      if (Number(value) < low || Number(value) > high) {
        throw new RejectedUpdateError(
          'out-of-range',
          `Cannot add a client's value to a secure sum: need ${low} to ${high}, got ${value}${leafPlace(type, index)}`,
        );
      }
    }
  }
}
