// What a data file holds, as a table of at most 80 columns and the sentences on what is odd in it.
import type { ColumnReport, DataReport } from '@starling/data';
import { countOf, formatBytes, formatNumber } from './numbers.js';
import { formatTable } from './table.js';

const WIDTH = 80;
/** A name or value is cut after this many signs. */
const MAX_NAME = 24;

export function formatDataReport(report: DataReport): string {
  const { path, format, bytes, rows, columns, clients } = report;
  const missing = columns.some((column) => column.missing > 0);
  const table = columns.map((column) => [
    cut(column.name, MAX_NAME),
    column.type ?? 'mixed',
    ...(missing ? [column.missing === 0 ? '' : String(column.missing)] : []),
    valuesOf(column),
  ]);
  const header = ['column', 'type', ...(missing ? ['missing'] : []), 'values'];
  const widths = header.map((name, at) =>
    Math.max(name.length, ...table.map((row) => (row[at] as string).length)),
  );
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const fitted = table.map((row) => [
    ...row.slice(0, -1),
    cut(row.at(-1) as string, Math.max(8, WIDTH - before)),
  ]);
  const parts = [
    `${path}: ${format}, ${countOf(rows, 'row')}, ${countOf(columns.length, 'column')}, ${formatBytes(bytes)}`,
    formatTable([header, ...fitted]),
    clients === null
      ? 'clients: name the column that says whose row it is: --client COLUMN'
      : `clients: ${formatNumber(clients.count)}${clients.column === null ? '' : ` by ${clients.column}`}, of ${clients.rows.min} to ${clients.rows.max} rows, half of them up to ${clients.rows.median}`,
    ...columns.flatMap(({ note }) => (note === null ? [] : [note])),
  ];
  const [head, shown, ...sentences] = parts;
  return `${head}\n\n${shown}\n\n${sentences.map((sentence) => wrap(sentence)).join('\n')}`;
}

function valuesOf({ min, max, distinct, examples }: ColumnReport): string {
  if (min !== null && max !== null) return `${numberText(min)} to ${numberText(max)}`;
  const some = examples.map((example) => cut(example, MAX_NAME)).join(', ');
  if (distinct === null) return some === '' ? 'more than 1,000' : `${some}, …`;
  return distinct > examples.length ? `${some}, … (${distinct})` : some;
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Lines of at most 80 signs; the further ones are indented. */
function wrap(sentence: string): string {
  const lines: string[] = [''];
  for (const word of sentence.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && line.length + 1 + word.length > WIDTH) lines.push(`  ${word}`);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.join('\n');
}
