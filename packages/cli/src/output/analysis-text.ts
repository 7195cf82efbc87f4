// What an analysis has found, as tables of at most 80 columns.
import { type ColumnSummary, isWithheld, type NumberSummary, type TextSummary } from '@starling/analytics';
import { countOf, formatBytes, formatDuration, formatNumber } from './numbers.js';
import { formatTable } from './table.js';
import type { TableAnalysis } from './table-analysis.js';

const WIDTH = 80;
const MAX_NAME = 16;
const BARS = '▁▂▃▄▅▆▇█';
const TOP = 3;

export function formatAnalysis(analysis: TableAnalysis): string {
  const { name, rows, clients, columns, phases, bytesPerClient, wallMs } = analysis;
  const numbers = columns.filter((one): one is NumberSummary => one.kind === 'number');
  const texts = columns.filter((one): one is TextSummary => one.kind === 'text');
  const parts = [
    `${name}: ${rows === null ? 'rows' : countOf(rows, 'row')} of ${countOf(clients, 'client')}`,
  ];
  if (numbers.length > 0) parts.push(formatTable([NUMBER_HEADER, ...numbers.map(numberRow)]));
  if (texts.length > 0) parts.push(formatTable([TEXT_HEADER, ...texts.map(textRow)]));
  const notes = columns.flatMap(noteOf);
  if (notes.length > 0) parts.push(notes.join('\n'));
  parts.push(
    `${countOf(phases, 'round trip')}, ${formatBytes(bytesPerClient)} from each client, ${formatDuration(wallMs)}; the server saw sums`,
  );
  return parts.join('\n\n');
}

const NUMBER_HEADER = ['column', 'missing', 'mean', 'stddev', '25 %', 'median', '75 %', 'histogram'];

function numberRow(one: NumberSummary): readonly string[] {
  const { moments, quantiles } = one;
  const [, low, middle, high] = isWithheld(quantiles) ? [] : quantiles.quantiles.map(({ value }) => value);
  const parts = isWithheld(moments) ? [] : [moments.mean, moments.stddev];
  const shown = [...Array.from({ length: 2 }, (_, at) => parts[at] ?? null), low, middle, high];
  return [
    cut(one.name, MAX_NAME),
    missingText(one),
    ...shown.map((value) => numberText(value ?? null)),
    barsOf(one),
  ];
}

const TEXT_HEADER = ['column', 'missing', 'distinct', 'most frequent'];

function textRow(one: TextSummary): readonly string[] {
  const { counts, distinct, values } = one;
  const before = [
    cut(one.name, MAX_NAME),
    missingText(one),
    isWithheld(distinct) ? '–' : distinctText(distinct),
  ];
  const present = isWithheld(counts) ? 0 : counts.rows - counts.missing;
  const top = isWithheld(values) ? [] : values.values.slice(0, TOP);
  const words = top.map(({ value, rows }) => `${cut(String(value), MAX_NAME)} ${percent(rows / present)}`);
  return [...before, cut(words.length === 0 ? '–' : words.join(', '), WIDTH - 42)];
}

const distinctText = ({
  distinct,
  isExact,
}: {
  readonly distinct: number;
  readonly isExact: boolean;
}): string => (isExact ? formatNumber(distinct) : `~${formatNumber(Number(distinct.toPrecision(2)))}`);

function missingText({ counts }: ColumnSummary): string {
  if (isWithheld(counts)) return '–';
  return counts.rows === 0 || counts.missing === 0 ? '0 %' : percent(counts.missing / counts.rows);
}

/** A share that is not 0 is not shown as 0. */
function percent(share: number): string {
  const value = 100 * share;
  if (value > 0 && value < 0.1) return '<0.1 %';
  return `${value >= 99.95 || value < 0.05 ? Math.round(value) : Number(value.toFixed(1))} %`;
}

function numberText(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}

/** One sign for two buckets, so that the table fits. */
function barsOf({ histogram }: NumberSummary): string {
  if (histogram === null || isWithheld(histogram)) return '–';
  const { counts } = histogram;
  const pairs = Array.from(
    { length: Math.ceil(counts.length / 2) },
    (_, at) => (counts[2 * at] ?? 0) + (counts[2 * at + 1] ?? 0),
  );
  const most = Math.max(1, ...pairs);
  return pairs
    .map((rows) => (rows === 0 ? ' ' : BARS[Math.min(7, Math.floor((8 * rows) / most))]))
    .join('')
    .trimEnd();
}

/** Sentences on what is odd in a column. */
function noteOf(one: ColumnSummary): readonly string[] {
  const { name, counts, coverage } = one;
  const notes: string[] = [];
  if (isWithheld(counts)) return [`${name}: withheld, ${counts.withheld}`];
  if (!isWithheld(coverage) && coverage.missingMost > 0) {
    notes.push(
      `${name}: missing in most rows of ${coverage.missingMost} of ${countOf(coverage.clients, 'client')}`,
    );
  }
  if (counts.nan + counts.positiveInfinity + counts.negativeInfinity > 0) {
    notes.push(`${name}: ${counts.nan} NaN, ${counts.positiveInfinity + counts.negativeInfinity} infinite`);
  }
  if (one.kind === 'text' && !isWithheld(one.values)) {
    if (one.values.withheldValues > 0)
      notes.push(`${name}: ${countOf(one.values.withheldValues, 'value')} withheld, of too few clients`);
    if (one.values.notDecodedRows > 0) {
      notes.push(`${name}: too many different values to tell which are frequent`);
    }
  }
  if (one.kind === 'number' && one.extremes !== null && !isWithheld(one.extremes)) {
    notes.push(`${name}: from ${numberText(one.extremes.min)} to ${numberText(one.extremes.max)}, disclosed`);
  }
  return notes;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
