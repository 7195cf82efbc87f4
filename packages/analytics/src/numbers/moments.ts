// Count, mean, variance and standard deviation of the finite numbers of a column, in one round trip and exactly: a
// client adds up its numbers and their squares as whole numbers of many digits (see `digits.ts`), the server adds
// those, and what is divided at the end is rounded once. So 1e8 + {1, 2, 3} has the variance 2/3, and a split of the
// rows changes no bit. Sums of rounded squares lose all digits there (Chan, Golub, LeVeque, "Algorithms for Computing
// the Sample Variance", The American Statistician 1983).
import { tf } from '@starling/compute';
import { checkOptions } from '@starling/federated-core/plan';
import { columnData, type NumberColumn } from '@starling/population';
import {
  addDigits,
  carry,
  countDigits,
  digitLayout,
  digitsOf,
  fold,
  product,
  zeroSums,
} from '../exact/digits.js';
import { integerOf, roundedQuotient } from '../exact/rational.js';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { foldValues, sumOfColumn } from '../values/fold-values.js';

export interface NumberMoments {
  /** Rows with a finite number: NaN and infinities are left out. */
  readonly count: number;
  /** Null of no rows. */
  readonly mean: number | null;
  /** Of the population: divided by the count. Null of no rows. */
  readonly variance: number | null;
  readonly stddev: number | null;
  readonly sum: number;
}

/** Digits of an int32 count. */
const COUNT_DIGITS = 4;

/** Mean and variance, each the exact one rounded to float64. */
export function moments(column: NumberColumn, options: PrivacyOptions = {}): Statistic<NumberMoments> {
  checkOptions('Cannot take moments', options, privacyChecks);
  const { format } = column;
  const { digits, shifts, unit, offset } = digitLayout(format);
  // A product of m and n digits has m + n − 1, and one more that it carries to.
  const squared = 2 * digits;
  return statisticOf({
    name: 'moments',
    data: columnData(column),
    aggregate: (data) =>
      sumOfColumn('add up', column, data, (own) => {
        const zeros = {
          count: tf.scalar(0, 'int32'),
          sum: zeroSums(shifts, digits + COUNT_DIGITS - 1),
          squares: zeroSums(shifts, squared + COUNT_DIGITS),
        };
        const sums = foldValues(own, zeros, (state: typeof zeros, { value, rows }) => {
          const { digits: number, shift, finite } = digitsOf(format, value);
          const times = countDigits(rows);
          // At most 4 · 255² a number, and 4 · 255 · (255 + 8 · 255² / 256), below 2^22, a square before it carries
          // again.
          return {
            count: tf.add(state.count, tf.sum(tf.mul(rows, tf.cast(tf.reshape(finite, [-1]), 'int32')))),
            sum: addDigits(state.sum, product(number, times), shift),
            squares: addDigits(state.squares, carry(product(carry(product(number, number)), times)), shift),
          };
        });
        return { count: sums.count, sum: fold(sums.sum, 1), squares: fold(sums.squares, 2) };
      }),
    finish: ({ count, sum, squares }) => {
      const n = BigInt(count as number);
      const shiftedSum = integerOf((sum as { readonly data: Int32Array }).data);
      const shiftedSquares = integerOf((squares as { readonly data: Int32Array }).data);
      return momentsOfSums(n, shiftedSum, shiftedSquares, { unit, offset });
    },
    error: { kind: 'rounded' },
    privacy: options,
  });
}

/** Of numbers y = x / 2^unit + offset: how many, their sum, and the sum of their squares. */
function momentsOfSums(
  n: bigint,
  sumOfY: bigint,
  squaresOfY: bigint,
  { unit, offset }: { readonly unit: number; readonly offset: bigint },
): NumberMoments {
  const sum = sumOfY - n * offset;
  const squares = squaresOfY - 2n * offset * sumOfY + n * offset * offset;
  if (n === 0n) return { count: 0, mean: null, variance: null, stddev: null, sum: 0 };
  const variance = roundedQuotient(n * squares - sum * sum, n * n, 2 * unit);
  return {
    count: Number(n),
    mean: roundedQuotient(sum, n, unit),
    variance,
    stddev: Math.sqrt(variance),
    sum: roundedQuotient(sum, 1n, unit),
  };
}
