// Covariances and correlations of columns of numbers, over rows in which all of them are finite: exact sums of products
// (see `digits.ts`), divided and rounded once.
import { tf } from '@starling/compute';
import { checkOptions, kinds, optionError } from '@starling/federated-core/plan';
import { jointData, type NumberColumn } from '@starling/population';
import {
  addDigits,
  type DigitLayout,
  digitLayout,
  digitsOf,
  fold,
  foldedDigits,
  product,
  zeroSums,
} from '../exact/digits.js';
import { integerOf, roundedQuotient } from '../exact/rational.js';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { foldRows, sumOfRows } from '../values/fold-rows.js';

export interface Covariance {
  /** Rows in which all columns are finite. */
  readonly count: number;
  /** Of the population, by row and column in the order of the columns; null of no rows. */
  readonly covariance: readonly (readonly number[])[] | null;
  /** From −1 to 1; null of a column that is constant. */
  readonly correlation: readonly (readonly (number | null)[])[] | null;
}

/** Of two or more columns. The covariances are exact and rounded once; correlations are their quotients. */
export function covariance(
  columns: readonly NumberColumn[],
  options: PrivacyOptions = {},
): Statistic<Covariance> {
  checkOptions('Cannot take covariances', options, privacyChecks);
  kinds.list('Cannot take covariances', 'columns', columns);
  if (columns.length < 2) {
    throw optionError(`Cannot take covariances: columns must be at least two, got ${columns.length}`);
  }
  const layouts = columns.map(({ format }) => digitLayout(format));
  const pairs = columns.flatMap((_, i) => columns.slice(i).map((_, j) => [i, i + j] as const));
  return statisticOf({
    name: 'covariance',
    data: jointData(columns),
    aggregate: (data) =>
      sumOfRows('multiply', columns, data, (own) => {
        const zeros = {
          count: tf.scalar(0, 'int32'),
          sums: layouts.map(({ shifts, digits }) => zeroSums(shifts, digits)),
          products: pairs.map(([i, j]) => {
            const [left, right] = [layouts[i], layouts[j]] as [DigitLayout, DigitLayout];
            return zeroSums(left.shifts + right.shifts - 1, left.digits + right.digits - 1);
          }),
        };
        const folded = foldRows(own, zeros, (state: typeof zeros, values, isRow) => {
          const parts = columns.map(({ format }, at) => digitsOf(format, values[at] as tf.Tensor2D));
          const finite = parts.reduce(
            (all, part) => tf.mul(all, part.finite) as tf.Tensor2D,
            tf.reshape(tf.cast(isRow, 'float32'), [-1, 1]) as tf.Tensor2D,
          );
          const own = parts.map(({ digits }) => tf.mul(digits, finite) as tf.Tensor2D);
          return {
            count: tf.add(state.count, tf.cast(tf.sum(finite), 'int32')),
            sums: own.map((digits, at) => addDigits(state.sums[at] as tf.Tensor, digits, parts[at]!.shift)),
            products: pairs.map(([i, j], at) => {
              const shift = tf.add(parts[i]!.shift, parts[j]!.shift) as tf.Tensor1D;
              return addDigits(state.products[at] as tf.Tensor, product(own[i]!, own[j]!), shift);
            }),
          };
        });
        return {
          count: folded.count,
          sums: tf.concat(folded.sums.map((sum) => fold(sum, 1))),
          products: tf.concat(folded.products.map((sum) => fold(sum, 1))),
        };
      }),
    finish: ({ count, sums, products }) => {
      const n = BigInt(count as number);
      if (n === 0n) return { count: 0, covariance: null, correlation: null };
      const cut = cutter((sums as { readonly data: Int32Array }).data);
      const raw = layouts.map(({ shifts, digits }) => integerOf(cut(foldedDigits(shifts, digits, 1))));
      const cutProducts = cutter((products as { readonly data: Int32Array }).data);
      const matrix = columns.map(() => columns.map(() => ({ numerator: 0n, unit: 0 })));
      for (const [i, j] of pairs) {
        const [left, right] = [layouts[i], layouts[j]] as [DigitLayout, DigitLayout];
        const length = foldedDigits(left.shifts + right.shifts - 1, left.digits + right.digits - 1, 1);
        const joint = integerOf(cutProducts(length));
        const [a, b] = [raw[i] as bigint, raw[j] as bigint];
        // Offsets move both means, and leave n Σxy − Σx Σy as it is.
        const entry = { numerator: n * joint - a * b, unit: left.unit + right.unit };
        (matrix[i] as (typeof entry)[])[j] = entry;
        (matrix[j] as (typeof entry)[])[i] = entry;
      }
      return {
        count: Number(n),
        covariance: matrix.map((row) =>
          row.map(({ numerator, unit }) => roundedQuotient(numerator, n * n, unit)),
        ),
        correlation: matrix.map((row, i) =>
          row.map(({ numerator }, j) =>
            correlationOf(numerator, matrix[i]![i]!.numerator, matrix[j]![j]!.numerator),
          ),
        ),
      };
    },
    error: { kind: 'rounded' },
    privacy: options,
  });
}

/** Gives the numbers one after the other, as many as are asked for. */
function cutter(data: Int32Array): (length: number) => Int32Array {
  let at = 0;
  return (length) => {
    at += length;
    return data.subarray(at - length, at);
  };
}

/** numerator / √(a · b), whose units are the same. */
function correlationOf(numerator: bigint, a: bigint, b: bigint): number | null {
  if (a === 0n || b === 0n) return null;
  const squared = roundedQuotient(numerator * numerator, a * b);
  return numerator < 0n ? -Math.sqrt(squared) : Math.sqrt(squared);
}
