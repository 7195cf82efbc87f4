// Quantiles that are the very elements of the pooled rows, from sums alone (see `descend.ts`).
import { checkOptions, kinds, oneOf, optionError, required } from '@starling/federated-core/plan';
import { cellBytes, columnData, type NumberColumn, readNumber } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { descend, type RankRule } from './descend.js';
import { fractionOf } from './ranks.js';

/**
 * `element`: the smallest element that at least the share is at or below (numpy’s `inverted_cdf`). `linear`: between
 * the two elements around the share of the way from the first to the last (numpy’s and pandas’ default). `boundary`:
 * the first element that more than the share is below or at, which buckets of equal numbers begin with.
 */
export type QuantileMethod = 'element' | 'linear' | 'boundary';

export interface QuantilesOptions extends PrivacyOptions {
  /** Above 0 and below 1: the extremes are one client’s each (see `extremes`). Fractions a / b with b up to 46,340. */
  readonly quantiles: readonly number[];
  /** `element` by default. */
  readonly method?: QuantileMethod;
}

export interface Quantiles {
  /** In the order asked for; null of no rows. */
  readonly quantiles: readonly { readonly quantile: number; readonly value: number | null }[];
  /** Rows that are a number: NaN is none, infinities are. */
  readonly count: number;
}

/** Exact quantiles in four round trips, or eight of float64. At most 2^31 − 1 rows. */
export function quantiles(column: NumberColumn, options: QuantilesOptions): Statistic<Quantiles> {
  const action = 'Cannot find quantiles';
  checkOptions(action, options, {
    ...privacyChecks,
    quantiles: required(kinds.list),
    method: oneOf('element', 'linear', 'boundary'),
  });
  const { quantiles: asked, method = 'element' } = options;
  if (asked.length === 0) throw optionError(`${action}: quantiles must name at least one, got none`);
  if (asked.some((quantile) => quantile === 0 || quantile === 1)) {
    throw optionError(
      `${action}: quantiles must be above 0 and below 1, got [${asked}]. The extremes are one client's value each: extremes(column, { disclose: 'extremes' }) gives them`,
    );
  }
  const fractions = asked.map((quantile) => fractionOf(action, quantile));
  const rules = { element: ['reached'], boundary: ['passed'], linear: ['floor', 'ceil'] } as const;
  const ranks = fractions.flatMap((fraction): RankRule[] =>
    rules[method].map((rule) => ({ fraction, rule })),
  );
  const size = cellBytes(column);
  return statisticOf({
    name: 'quantiles',
    data: columnData(column),
    aggregate: (data) => descend(column, ranks, data) as never,
    finish: ({ elements, count: rows }) => {
      const count = rows as number;
      const bytes = (elements as { readonly data: Int32Array }).data;
      const element = (at: number): number => readNumber(column, bytes, at * size);
      const valueAt = (at: number): number => {
        if (method !== 'linear') return element(at);
        const { numerator, denominator } = fractions[at] as (typeof fractions)[number];
        const [low, high] = [element(2 * at), element(2 * at + 1)];
        const share = (((count - 1) % denominator) * numerator) % denominator;
        return low === high ? low : low + (high - low) * (share / denominator);
      };
      const found = asked.map((quantile, at) => ({ quantile, value: count === 0 ? null : valueAt(at) }));
      return { quantiles: found, count };
    },
    error: method === 'linear' ? { kind: 'rounded' } : { kind: 'exact' },
    privacy: options,
  });
}
