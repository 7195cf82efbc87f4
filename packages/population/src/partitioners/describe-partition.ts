// A partition as text that fits a terminal: how many rows each client has, and how much of each label. For a report, a
// command, or a look while a study is being written.
import { checkOptions, count, kinds, required } from '@starling/federated-core/plan';
import type { Label } from './partitioner.js';
import { rowsByLabel } from './rows-by-label.js';

const ACTION = 'Cannot describe a partition';
/** From none to nearly all of a client's rows. */
const SHADES = [' ', '·', '░', '▒', '▓', '█'] as const;
const BAR = 16;

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
    labels: true,
    names: kinds.list,
    width: count,
    lines: count,
  });
  const { parts, labels, lines = 20 } = options;
  const width = Math.max(40, options.width ?? 80);
  const shown = evenlySpread(parts.length, lines);
  const names = shown.map((client) => shortened(options.names?.[client] ?? String(client), 16));
  const sizes = parts.map(({ length }) => length);
  const nameWidth = Math.max(6, ...names.map((name) => name.length));
  const sizeWidth = Math.max(4, ...sizes.map((size) => String(size).length));
  const groups = rowsByLabel(ACTION, labels, null);
  const left = nameWidth + sizeWidth + BAR + 4;
  const room = width - left - 2;
  const cell = groups.length * 2 <= room ? 2 : 1;
  const columns = Math.min(groups.length, Math.floor(room / cell));
  const columnOf = new Int32Array(labels.length);
  for (const [index, { rows }] of groups.entries()) {
    for (const row of rows) columnOf[row] = Math.floor((index * columns) / groups.length);
  }
  const most = Math.max(1, ...sizes);
  const table = shown.map((client, line) => {
    const part = parts[client] as Int32Array;
    const counts = new Array<number>(columns).fill(0);
    for (const row of part) counts[columnOf[row] as number]!++;
    const shades = counts.map((own) => shadeOf(own, part.length).repeat(cell)).join('');
    const bar = '■'.repeat(Math.ceil((part.length / most) * BAR)).padEnd(BAR);
    return `${names[line]!.padEnd(nameWidth)} ${String(part.length).padStart(sizeWidth)} ${bar} │${shades}│`;
  });
  const texts = groups.map(({ label }) => shortened(String(label), 12));
  const ofLabels =
    columns === groups.length && texts.every((text) => text.length <= cell)
      ? texts.map((text) => text.padEnd(cell)).join('')
      : `labels ${texts[0]} to ${texts.at(-1)}`;
  const head = `${'client'.padEnd(nameWidth)} ${'rows'.padStart(sizeWidth)} ${' '.repeat(BAR)}  ${ofLabels}`;
  const hidden = parts.length - shown.length;
  return [
    ...summaryOf(sizes, labels.length, groups.length),
    '',
    head,
    ...table,
    ...(hidden > 0 ? [`… and ${hidden} more clients between these`] : []),
    '',
    "shares of a client's rows:  · < 5 %   ░ < 20 %   ▒ < 40 %   ▓ < 70 %   █ more",
  ]
    .map((line) => [...line].slice(0, width).join('').trimEnd())
    .join('\n');
}

function summaryOf(sizes: readonly number[], rows: number, labels: number): readonly string[] {
  const dealt = sizes.reduce((sum, size) => sum + size, 0);
  const sorted = [...sizes].sort((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const leftOut = rows - dealt;
  return [
    `${counted(sizes.length, 'client')}, ${counted(rows, 'row')}${leftOut > 0 ? ` (${leftOut} left out)` : ''}, ${counted(labels, 'label')}`,
    `rows of a client: ${sorted[0] ?? 0} to ${sorted.at(-1) ?? 0}, half have ${middle} or more`,
  ];
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function shadeOf(rows: number, of: number): string {
  if (rows === 0) return SHADES[0];
  const share = rows / of;
  const step = [0.05, 0.2, 0.4, 0.7].findIndex((bound) => share < bound);
  return SHADES[step < 0 ? 5 : step + 1] as string;
}

/** Up to `most` of `size` indices, evenly spread, the first and the last among them. */
function evenlySpread(size: number, most: number): readonly number[] {
  const steps = Math.min(size, most);
  return Array.from({ length: steps }, (_, step) =>
    steps === 1 ? 0 : Math.floor((step * (size - 1)) / (steps - 1)),
  );
}

function shortened(text: string, most: number): string {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}
