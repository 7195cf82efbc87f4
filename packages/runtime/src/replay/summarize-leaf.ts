// A tensor in a few words of numbers, for those who look at a client's data or at what it was sent.
import type { Tensor } from '@starling/federated-core';
import { normOf, numbersOf } from './compare-leaves.js';

export interface LeafSummary {
  readonly dtype: Tensor['dtype'];
  readonly shape: readonly number[];
  /** Of the finite numbers; `null` if there are none. */
  readonly least: number | null;
  readonly largest: number | null;
  readonly mean: number | null;
  /** Euclidean; NaN or infinite if a number is, `null` for text. */
  readonly norm: number | null;
  /** How many numbers are NaN or infinite, and where the first is, in row-major order; −1 if there is none. */
  readonly nonFinite: number;
  readonly firstNonFinite: number;
  /** How often each value stands, most frequent first: of integers, bools and text with at most 20 values. */
  readonly values: readonly (readonly [value: string, count: number])[] | null;
}

const MOST_VALUES = 20;

export function summarizeLeaf(leaf: Tensor): LeafSummary {
  const { dtype, shape, data } = leaf;
  const isText = dtype === 'string';
  const numbers = isText ? [] : numbersOf(leaf);
  let [least, largest, sum, finite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let firstNonFinite = -1;
  for (let index = 0; index < numbers.length; index++) {
    const number = numbers[index]!;
    if (!Number.isFinite(number)) {
      if (firstNonFinite < 0) firstNonFinite = index;
      continue;
    }
    finite++;
    sum += number;
    least = Math.min(least, number);
    largest = Math.max(largest, number);
  }
  const isFloat = dtype === 'float32' || dtype === 'float64';
  return {
    dtype,
    shape,
    ...(finite === 0 ? { least: null, largest: null, mean: null } : { least, largest, mean: sum / finite }),
    norm: isText ? null : normOf(numbers),
    nonFinite: numbers.length - finite,
    firstNonFinite,
    values: isFloat ? null : valueCounts(data as ArrayLike<unknown>),
  };
}

/** `null` if there are more than `MOST_VALUES`. */
function valueCounts(data: ArrayLike<unknown>): LeafSummary['values'] {
  const counts = new Map<string, number>();
  for (let index = 0; index < data.length; index++) {
    const value = String(data[index]);
    counts.set(value, (counts.get(value) ?? 0) + 1);
    if (counts.size > MOST_VALUES) return null;
  }
  return [...counts].sort(([, one], [, other]) => other - one);
}
