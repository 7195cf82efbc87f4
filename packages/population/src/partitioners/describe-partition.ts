// A partition as text: for a report, a command, or a look while a study is being written.
import { checkOptions, count, kinds, ofKind, required } from '@starling/federated-core/plan';
import { counted, evenlySpread, formatClientTable } from './client-table.js';
import type { Label } from './partitioner.js';
import { rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot describe a partition';

const labelsKind = ofKind({
  need: 'a list with a label for each row',
  fits: (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value),
});

export interface PartitionPicture {
  /** The rows of each client, as a partitioner gives them. */
  readonly parts: readonly Int32Array[];
  /** One label a row. */
  readonly labels: ArrayLike<Label>;
  /** What clients are called. Default: their numbers. */
  readonly names?: readonly string[];
  /** Columns of the text, at least 40. Default 80. */
  readonly width?: number;
  /** Clients that get a line, evenly spread from the first to the last. Default 20. */
  readonly lines?: number;
}

/**
 * A line for each client: its name, its number of rows, a bar as long as they are many, and for each label, ascending,
 * a shade of its share of the client's rows. Neighbouring labels share a column if there are more than fit. Above it,
 * how many clients, rows and labels there are; below, what the shades mean. No line is longer than `width`. Throws a
 * `RangeError` for labels that are missing or options out of their range.
 */
export function describePartition(options: PartitionPicture): string {
  checkOptions(ACTION, options, {
    parts: required(kinds.list),
    labels: required(labelsKind),
    names: kinds.list,
    width: count,
    lines: count,
  });
  const { parts, labels, names, width = 80, lines = 20 } = options;
  const groups = rowsByLabel(ACTION, labels, null);
  const positionOf = new Int32Array(labels.length);
  for (const [position, { rows }] of groups.entries()) for (const row of rows) positionOf[row] = position;
  const sizes = parts.map(({ length }) => length);
  const leftOut = labels.length - sizes.reduce((sum, size) => sum + size, 0);
  const rows = `${counted(labels.length, 'row')}${leftOut > 0 ? ` (${leftOut} left out)` : ''}`;
  return formatClientTable({
    clients: parts.length,
    sizes,
    head: `${counted(parts.length, 'client')}, ${rows}, ${counted(groups.length, 'label')}`,
    labels: groups.map(({ label }) => label),
    lines: evenlySpread(parts.length, lines).map((client) => {
      const part = parts[client] as Int32Array;
      const counts = new Int32Array(groups.length);
      for (const row of part) counts[positionOf[row] as number]!++;
      return { name: names?.[client] ?? String(client), rows: part.length, counts };
    }),
    width,
  });
}
