// The smallest and the largest number of a column: one client's value each, which no sum hides. So they are given only
// to those who say that they may be disclosed.
import { checkOptions, optionError } from '@starling/federated-core/plan';
import { cellBytes, columnData, type NumberColumn, readNumber } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { descend } from './descend.js';

export interface ExtremesOptions extends PrivacyOptions {
  /** Says that two clients' values may become known. */
  readonly disclose: 'extremes';
}

export interface Extremes {
  /** Infinities included, NaN not; null of no rows. */
  readonly min: number | null;
  readonly max: number | null;
}

/** The smallest and the largest number. Throws a `RangeError` without `disclose: 'extremes'`. */
export function extremes(column: NumberColumn, options: ExtremesOptions): Statistic<Extremes> {
  checkOptions('Cannot find extremes', options, { ...privacyChecks, disclose: true });
  if (options.disclose !== 'extremes') {
    throw optionError(
      "Cannot find extremes: they are one client's value each, so disclose must be 'extremes'; quantiles near 0 and 1 disclose less",
    );
  }
  return statisticOf({
    name: 'extremes',
    data: columnData(column),
    aggregate: (data) =>
      descend(
        column,
        [0, 1].map((numerator) => ({ fraction: { numerator, denominator: 1 }, rule: 'floor' as const })),
        data,
      ) as never,
    finish: ({ elements, count }) => {
      if (count === 0) return { min: null, max: null };
      const bytes = (elements as { readonly data: Int32Array }).data;
      return { min: readNumber(column, bytes, 0), max: readNumber(column, bytes, cellBytes(column)) };
    },
    error: { kind: 'exact' },
    discloses: 'extremes',
    privacy: options,
  });
}
