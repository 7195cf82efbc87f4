// The rounds of a record as CSV (RFC 4180): a row each, and a column for each number that any of them has.
import type { RecordLine } from '@starling/runtime/events';
import { namedNumbers } from '../output/metrics.js';

export type Cell = string | number;

/** A cell by the name of its column. */
export type Row = ReadonlyMap<string, Cell>;

export function recordCsv(lines: readonly RecordLine[]): string {
  return csvOf(roundRows(lines));
}

export function roundRows(lines: readonly RecordLine[]): readonly Row[] {
  return lines.flatMap((line): readonly Row[] => {
    if (line.type !== 'round') return [];
    const { round, attempt = 1, cohort, accepted, rejected, dropped, wallMs, metrics, evaluation } = line;
    const counts = Object.entries({ round, attempt, cohort, accepted, rejected, dropped, wallMs });
    const evaluated = evaluation === undefined ? [] : namedNumbers({ evaluation });
    return [new Map<string, Cell>([...counts, ...namedNumbers(metrics), ...evaluated])];
  });
}

/** A column for each name, in the order in which they appear; a row that has none of it leaves it empty. */
export function csvOf(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const text = (cells: readonly Cell[]): string => `${cells.map(quoted).join(',')}\n`;
  return [columns, ...rows.map((row) => columns.map((column) => row.get(column) ?? ''))].map(text).join('');
}

function quoted(cell: Cell): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
