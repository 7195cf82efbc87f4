// The rounds of a record as CSV (RFC 4180): a row each, and a column for each number that any of them has.
import type { RecordLine } from '@starling/runtime/events';
import { namedNumbers } from '../output/metrics.js';

type Cell = string | number;

export function recordCsv(lines: readonly RecordLine[]): string {
  const rows = lines.flatMap((line): readonly ReadonlyMap<string, Cell>[] => {
    if (line.type !== 'round') return [];
    const { round, attempt = 1, cohort, accepted, rejected, dropped, wallMs, metrics, evaluation } = line;
    const counts = Object.entries({ round, attempt, cohort, accepted, rejected, dropped, wallMs });
    const evaluated = evaluation === undefined ? [] : namedNumbers({ evaluation });
    return [new Map<string, Cell>([...counts, ...namedNumbers(metrics), ...evaluated])];
  });
  const columns = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const text = (cells: readonly Cell[]): string => `${cells.map(quoted).join(',')}\n`;
  return [columns, ...rows.map((row) => columns.map((column) => row.get(column) ?? ''))].map(text).join('');
}

function quoted(cell: Cell): string {
  const text = String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
