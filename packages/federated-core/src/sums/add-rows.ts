// Adds rows of columns to sums, client by client, without a tensor for each: the arithmetic of `sums.ts`, to the bit.
import type { Column } from '../values/column.js';
import type { Tensor } from '../values/tensor.js';
import { addIntegers, type PlaceOfLeaf, tooLarge } from './sums.js';
import type { NumberArray } from './vector-kernels.js';

/**
 * Adds the rows from `from` to before `to` of each column to its sum, in place and in order, as `addLeaves` adds one
 * after another with weight 1. The columns' shapes are those of the sums.
 */
export function addRows(
  sums: readonly Tensor[],
  columns: readonly Column[],
  from: number,
  to: number,
  place: PlaceOfLeaf,
): void {
  for (const [leaf, { data: sum, dtype }] of sums.entries()) {
    const { data, size, isShared } = columns[leaf]!;
    for (let row = from; row < to; row++) {
      const start = isShared ? 0 : row * size;
      if (dtype === 'int64') {
        const own = (data as BigInt64Array).subarray(start, start + size);
        const overflow = addIntegers(sum as BigInt64Array, own);
        if (overflow !== null) throw tooLarge('add int64 values', '64 bits', overflow, place(leaf));
      } else addRow(sum as Float64Array, data as NumberArray, start, size);
    }
  }
}

/** sum[i] += values[start + i], in float64. */
function addRow(sum: Float64Array, values: NumberArray, start: number, size: number): void {
  for (let index = 0; index < size; index++) sum[index] = sum[index]! + values[start + index]!;
}

/** sum[i] += weight · values[start + i], in float64; `isFirst`: the sum counts as 0, unread. */
export function addWeightedRow(
  sum: Float64Array,
  values: NumberArray,
  start: number,
  size: number,
  weight: number,
  isFirst: boolean,
): void {
  if (isFirst) for (let index = 0; index < size; index++) sum[index] = 0 + weight * values[start + index]!;
  else {
    for (let index = 0; index < size; index++) sum[index] = sum[index]! + weight * values[start + index]!;
  }
}
