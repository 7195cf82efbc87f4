// What one wants to know of a table first: for each column how many rows and clients have it, and how its values are
// spread. Two computations: the second asks for histograms over ranges that the first has found.
import { checkOptions, kinds } from '@starling/federated-core/plan';
import type { TableColumn, TableColumns } from '@starling/population';
import { type Counts, counts } from '../numbers/counts.js';
import { type Extremes, extremes } from '../numbers/extremes.js';
import { equalWidths, type Histogram, histogram } from '../numbers/histogram.js';
import { moments, type NumberMoments } from '../numbers/moments.js';
import { type Quantiles, quantiles } from '../numbers/quantiles.js';
import { isWithheld, type PrivacyOptions, privacyChecks, type Withheld } from '../statistic/statistic.js';
import { type Coverage, coverage } from '../texts/coverage.js';
import { type Distinct, distinct } from '../texts/distinct.js';
import { type HeavyHitters, heavyHitters } from '../texts/heavy-hitters.js';
import { type OfTable, type TableStatistics, tableStatistics } from './table-statistics.js';

export interface TableSummaryOptions extends PrivacyOptions {
  /** Also the smallest and the largest number of each column, one client's each. */
  readonly disclose?: 'extremes';
}

interface AnySummary {
  readonly name: string;
  readonly column: TableColumn;
  readonly counts: Counts | Withheld;
  readonly coverage: Coverage | Withheld;
  readonly distinct: Distinct | Withheld;
}

export interface NumberSummary extends AnySummary {
  readonly kind: 'number';
  readonly moments: NumberMoments | Withheld;
  /** The shares of `SUMMARY_QUANTILES`. */
  readonly quantiles: Quantiles | Withheld;
  readonly extremes: Extremes | Withheld | null;
  /** Over the middle 98 % of the rows; null before it was asked for, and where there is no range. */
  readonly histogram: Histogram | Withheld | null;
}

export interface TextSummary extends AnySummary {
  readonly kind: 'text';
  readonly values: HeavyHitters | Withheld;
}

export type ColumnSummary = NumberSummary | TextSummary;

export const SUMMARY_QUANTILES = [0.01, 0.25, 0.5, 0.75, 0.99] as const;
/** Values of a text column that are found, and that are kept. */
const TEXT_CAPACITY = 500;
const TOP_TEXTS = 20;
const BUCKETS = 20;

/** A computation, and what its result says of each column. */
export interface TableQuestion {
  readonly statistics: TableStatistics;
  read(result: Parameters<TableStatistics['finish']>[0]): readonly ColumnSummary[];
}

/** The first question. */
export function summaryQuestion(columns: TableColumns, options: TableSummaryOptions = {}): TableQuestion {
  checkOptions('Cannot summarize a table', options, { ...privacyChecks, disclose: kinds.text });
  const { disclose, ...privacy } = options;
  const asked: Record<string, OfTable> = {};
  const ask = (name: string, what: string, statistic: unknown): void => {
    asked[`${what} of ${name}`] = { of: name, statistic: statistic as OfTable['statistic'] };
  };
  for (const [name, column] of Object.entries(columns)) {
    ask(name, 'counts', counts(column, privacy));
    ask(name, 'coverage', coverage(column, privacy));
    ask(name, 'distinct', distinct(column, privacy));
    if (column.kind === 'text') {
      ask(name, 'values', heavyHitters(column, { capacity: TEXT_CAPACITY, top: TOP_TEXTS, ...privacy }));
      continue;
    }
    ask(name, 'moments', moments(column, privacy));
    ask(name, 'quantiles', quantiles(column, { quantiles: SUMMARY_QUANTILES, ...privacy }));
    if (disclose !== undefined) ask(name, 'extremes', extremes(column, { disclose, ...privacy }));
  }
  const statistics = tableStatistics(columns, asked as never) as unknown as TableStatistics;
  return {
    statistics,
    read: (result) => {
      const found = statistics.finish(result) as Readonly<Record<string, unknown>>;
      return Object.entries(columns).map(([name, column]) => {
        const of = <T>(what: string): T => (found[`${what} of ${name}`] ?? null) as T;
        const any: AnySummary = {
          name,
          column,
          counts: of('counts'),
          coverage: of('coverage'),
          distinct: of('distinct'),
        };
        if (column.kind === 'text') return { ...any, kind: 'text', values: of('values') };
        return {
          ...any,
          kind: 'number',
          moments: of('moments'),
          quantiles: of('quantiles'),
          extremes: of('extremes'),
          histogram: null,
        };
      });
    },
  };
}

/** The second question, for histograms of the columns of numbers; null if none has a range. */
export function histogramQuestion(
  columns: TableColumns,
  summary: readonly ColumnSummary[],
  privacy: PrivacyOptions = {},
): TableQuestion | null {
  const asked: Record<string, OfTable> = {};
  for (const one of summary) {
    const edges = one.kind === 'number' ? edgesOf(one) : null;
    if (one.kind !== 'number' || edges === null || one.column.kind !== 'number') continue;
    asked[one.name] = { of: one.name, statistic: histogram(one.column, { edges, ...privacy }) };
  }
  if (Object.keys(asked).length === 0) return null;
  const statistics = tableStatistics(columns, asked as never) as unknown as TableStatistics;
  return {
    statistics,
    read: (result) => {
      const found = statistics.finish(result) as Readonly<Record<string, Histogram | Withheld>>;
      return summary.map((one) =>
        one.kind === 'number' ? { ...one, histogram: found[one.name] ?? null } : one,
      );
    },
  };
}

/** Buckets of one width over the middle 98 % of the rows; of whole numbers, of whole widths. */
function edgesOf({ quantiles: found, column }: NumberSummary): readonly number[] | null {
  if (isWithheld(found)) return null;
  const [low, high] = [found.quantiles[0]?.value, found.quantiles.at(-1)?.value] as [
    number | null,
    number | null,
  ];
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return null;
  if (column.kind === 'number' && column.format === 'int32') {
    const width = Math.ceil((high - low + 1) / BUCKETS);
    const buckets = Math.max(1, Math.ceil((high - low + 1) / width));
    // Each bucket up to before the next edge, halfway between whole numbers.
    return Array.from({ length: buckets + 1 }, (_, at) => low - 0.5 + at * width);
  }
  return low < high ? equalWidths(low, high, BUCKETS) : null;
}
