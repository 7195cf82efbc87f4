// A histogram over edges that the server gives: rows in each bucket, exactly. The range of the data is not asked for,
// since the smallest and the largest number are one client's each.
import { checkOptions, kinds, numberWithin, optionError, required } from '@starling/federated-core/plan';
import { columnData, type NumberColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { bucketCounts } from './bucket-counts.js';

export interface HistogramOptions extends PrivacyOptions {
  /** At least two numbers, each above the one before. */
  readonly edges: readonly number[];
}

export interface Histogram {
  readonly edges: readonly number[];
  /** Rows from each edge to below the next; the last bucket has its upper edge too, as numpy's. */
  readonly counts: readonly number[];
  /** Rows below the first edge and above the last, infinities among them. */
  readonly below: number;
  readonly above: number;
  readonly nan: number;
}

/** Rows in each bucket. No clients: all 0. */
export function histogram(column: NumberColumn, options: HistogramOptions): Statistic<Histogram> {
  checkOptions('Cannot make a histogram', options, { ...privacyChecks, edges: required(kinds.list) });
  const edges = [...options.edges];
  if (
    edges.length < 2 ||
    edges.some((edge, at) => !Number.isFinite(edge) || (at > 0 && !(edge > (edges[at - 1] as number))))
  ) {
    throw optionError(
      `Cannot make a histogram: edges must be at least two finite numbers, each above the one before, got [${edges}]`,
    );
  }
  const cuts = edges.map((at, index) => ({
    at,
    side: index === edges.length - 1 ? ('above' as const) : ('at-or-above' as const),
  }));
  return statisticOf({
    name: 'histogram',
    data: columnData(column),
    aggregate: (data) => bucketCounts(column, cuts, data),
    finish: ({ buckets, nan }) => {
      const all = [...(buckets as { readonly data: Int32Array }).data];
      const [below = 0] = all;
      return { edges, counts: all.slice(1, -1), below, above: all.at(-1) as number, nan: nan as number };
    },
    error: { kind: 'exact' },
    privacy: options,
  });
}

/** `count` buckets of one width from `low` to `high`: edges for `histogram`. */
export function equalWidths(low: number, high: number, count: number): readonly number[] {
  const action = 'Cannot cut a range';
  numberWithin({ whole: true, from: 1, to: 100_000 })(action, 'count', count);
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    throw optionError(`${action}: need two numbers, the first below the second, got ${low} and ${high}`);
  }
  return Array.from({ length: count + 1 }, (_, at) =>
    at === count ? high : low + ((high - low) * at) / count,
  );
}
