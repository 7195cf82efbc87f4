// The statistics of a split as questions to all clients: one for figures and values, and one for histograms over the
// ranges that the first has found. What a schema bounds is counted by its bounds, which tells of single values nothing.
import {
  type Counts,
  type Coverage,
  counts,
  coverage,
  type HeavyHitters,
  type Histogram,
  heavyHitters,
  histogram,
  isWithheld,
  moments,
  type NumberMoments,
  type OfTable,
  type Quantiles,
  quantiles,
  type TableStatistics,
  tableStatistics,
  type Vocabulary,
  vocabulary,
  type Withheld,
} from '@starling/analytics';
import type { NumberColumn, TableColumn, TableColumns } from '@starling/population';
import { featureOf, type Schema } from '../schema/schema.js';
import type {
  DatasetStatistics,
  FeatureStatistics,
  NumericStatistics,
  TextStatistics,
} from '../statistics/dataset-statistics.js';

export interface StatisticsQuestion {
  /** With fewer clients that have a value, figures of a column and values of a text are withheld. */
  readonly minClients: number;
  /** Different texts of a column that are found. */
  readonly capacity: number;
}

export const QUANTILES = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99] as const;
const BUCKETS = 20;

type Found = Readonly<Record<string, unknown>>;
type Asked = TableStatistics & { finish(result: never): Found };

/** Figures of every column. */
export function figuresOf(columns: TableColumns, schema: Schema | null, question: StatisticsQuestion): Asked {
  const { minClients, capacity } = question;
  const asked: Record<string, OfTable> = {};
  const ask = (of: string, what: string, statistic: unknown): void => {
    asked[`${what} of ${of}`] = { of, statistic: statistic as OfTable['statistic'] };
  };
  for (const [name, column] of Object.entries(columns)) {
    // How many rows and clients have a value tells nothing of the values, and is never withheld.
    ask(name, 'counts', counts(column));
    ask(name, 'coverage', coverage(column));
    if (column.kind === 'text') {
      ask(name, 'values', heavyHitters(column, { capacity, minClients }));
      const domain = domainOf(schema, name);
      if (domain !== null) ask(name, 'domain', vocabulary(column, { values: domain }));
      continue;
    }
    ask(name, 'moments', moments(column, { minClients }));
    ask(name, 'quantiles', quantiles(column, { quantiles: QUANTILES, minClients }));
    const bounds = boundsOf(schema, name);
    if (bounds?.min !== undefined)
      ask(name, 'below', histogram(column, { edges: [bounds.min, bounds.min + stepOf(bounds.min)] }));
    if (bounds?.max !== undefined)
      ask(name, 'above', histogram(column, { edges: [bounds.max - stepOf(bounds.max), bounds.max] }));
  }
  return tableStatistics(columns, asked as never) as unknown as Asked;
}

/** Histograms of the columns of numbers, over the middle of the rows; null if there is none. */
export function histogramsOf(columns: TableColumns, ranges: Found, minClients: number): Asked | null {
  const asked: Record<string, OfTable> = {};
  for (const [name, column] of Object.entries(columns)) {
    const found = ranges[`quantiles of ${name}`] as Quantiles | Withheld | undefined;
    if (column.kind !== 'number' || found === undefined || isWithheld(found)) continue;
    const edges = edgesOf(column, found);
    if (edges !== null)
      asked[name] = { of: name, statistic: histogram(column, { edges, minClients }) as never };
  }
  return Object.keys(asked).length === 0
    ? null
    : (tableStatistics(columns, asked as never) as unknown as Asked);
}

/** What both answers say of a split. */
export function statisticsOf(
  columns: TableColumns,
  schema: Schema | null,
  figures: Found,
  histograms: Found,
): DatasetStatistics {
  const features = Object.entries(columns).map(([name, column]) =>
    featureOfAnswers(name, column, schema, figures, histograms),
  );
  const first = features[0];
  return {
    numExamples: first === undefined ? 0 : first.numNonMissing + first.numMissing,
    numClients: first?.clients?.clients ?? 0,
    features,
  };
}

function featureOfAnswers(
  name: string,
  column: TableColumn,
  schema: Schema | null,
  figures: Found,
  histograms: Found,
): FeatureStatistics {
  const of = <T>(what: string): T | Withheld | undefined =>
    figures[`${what} of ${name}`] as T | Withheld | undefined;
  const counted = shown(of<Counts>('counts'));
  const present = (counted?.rows ?? 0) - (counted?.missing ?? 0);
  const withheld = [of('moments'), of('quantiles'), of('values')].find(isWithheld);
  const size = present > 0 ? 1 : 0;
  return {
    name,
    type: column.kind === 'text' ? 'STRING' : column.format === 'int32' ? 'INT' : 'FLOAT',
    numNonMissing: present,
    numMissing: counted?.missing ?? 0,
    numValues: { min: size, max: size, total: present },
    numeric:
      column.kind === 'text' || counted === null ? null : numericOf(name, schema, counted, of, histograms),
    text: column.kind === 'text' ? textFigures(name, schema, of) : null,
    clients: shown(of<Coverage>('coverage')),
    ...(withheld !== undefined && { withheld: withheld.withheld }),
  };
}

type Of = <T>(what: string) => T | Withheld | undefined;

function numericOf(
  name: string,
  schema: Schema | null,
  counted: Counts,
  of: Of,
  histograms: Found,
): NumericStatistics {
  const found = shown(of<NumberMoments>('moments'));
  const bounds = boundsOf(schema, name);
  return {
    mean: found?.mean ?? null,
    stdDev: found?.stddev ?? null,
    numZeros: counted.zeros,
    numNan: counted.nan,
    numInfinite: counted.positiveInfinity + counted.negativeInfinity,
    min: null,
    max: null,
    quantiles: shown(of<Quantiles>('quantiles'))?.quantiles ?? [],
    histogram: shown(histograms[name] as Histogram | Withheld | undefined),
    outside:
      bounds === null
        ? null
        : {
            min: bounds.min ?? null,
            max: bounds.max ?? null,
            below: shown(of<Histogram>('below'))?.below ?? 0,
            above: shown(of<Histogram>('above'))?.above ?? 0,
          },
  };
}

function textFigures(name: string, schema: Schema | null, of: Of): TextStatistics {
  const found = shown(of<HeavyHitters>('values'));
  const domain = domainOf(schema, name);
  const inside = shown(of<Vocabulary>('domain'));
  const shownValues = found?.values ?? [];
  const isComplete = found !== null && found.notDecodedRows === 0;
  const insideRows = inside?.values.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  return {
    unique: isComplete ? shownValues.length + found.withheldValues : null,
    values: shownValues,
    otherRows: found?.otherRows ?? 0,
    withheldValues: found?.withheldValues ?? 0,
    invalidUtf8Count: 0,
    domain:
      domain === null || inside === null
        ? null
        : { values: domain, insideRows, outsideRows: inside.otherRows },
  };
}

function shown<T>(result: T | Withheld | null | undefined): T | null {
  return result === undefined || result === null || isWithheld(result) ? null : (result as T);
}

function domainOf(schema: Schema | null, name: string): readonly string[] | null {
  const domain = schema === null ? undefined : featureOf(schema, name)?.domain;
  return domain?.kind === 'string' && domain.values.length > 0 ? domain.values : null;
}

interface Bounds {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function boundsOf(schema: Schema | null, name: string): Bounds | null {
  const domain = schema === null ? undefined : featureOf(schema, name)?.domain;
  if (domain?.kind === 'bool') return { min: 0, max: 1 };
  if (domain?.kind !== 'int' && domain?.kind !== 'float') return null;
  return domain.min === undefined && domain.max === undefined ? null : domain;
}

/** How far the other edge of a histogram is, of which only what lies beyond the bound is wanted. */
const stepOf = (bound: number): number => Math.max(1, Math.abs(bound));

/** Buckets of one width over the middle 98 % of the rows; of whole numbers, of whole widths. */
function edgesOf({ format }: NumberColumn, { quantiles: found }: Quantiles): readonly number[] | null {
  const [low, high] = [found[0]?.value ?? null, found.at(-1)?.value ?? null];
  if (low === null || high === null || !Number.isFinite(low) || !Number.isFinite(high)) return null;
  if (format === 'int32') {
    const width = Math.ceil((high - low + 1) / BUCKETS);
    const buckets = Math.max(1, Math.ceil((high - low + 1) / width));
    return Array.from({ length: buckets + 1 }, (_, at) => low - 0.5 + at * width);
  }
  if (!(high > low)) return null;
  return Array.from({ length: BUCKETS + 1 }, (_, at) => low + ((high - low) * at) / BUCKETS);
}
