// Clients as text that fits a terminal: for each a bar for its size, and a shade for its share of each label.
import type { Label } from './partitioner.js';

/** From none to nearly all of a client's rows. */
const SHADES = [' ', '·', '░', '▒', '▓', '█'] as const;
const BAR = 16;

export interface ClientTable {
  /** How many there are, also of those that get no line. */
  readonly clients: number;
  /** Rows of every client, or of many of them. */
  readonly sizes: readonly number[];
  /** What stands before sizes: "10 clients, 600 rows". */
  readonly head: string;
  /** Ascending; none where rows have no labels. */
  readonly labels: readonly Label[];
  readonly lines: readonly ClientLine[];
  /** Columns of the text, at least 40. */
  readonly width: number;
}

export interface ClientLine {
  readonly name: string;
  readonly rows: number;
  /** How many rows have the label at each position of `labels`. */
  readonly counts: ArrayLike<number>;
}

/** The text, without a newline at its end; no line is longer than `width`. */
export function formatClientTable({
  clients,
  sizes,
  head,
  labels,
  lines,
  width: given,
}: ClientTable): string {
  const width = Math.max(40, given);
  const names = lines.map(({ name }) => shortened(name, 20));
  const nameWidth = Math.max(6, ...names.map((name) => name.length));
  const most = sizes.reduce((found, size) => Math.max(found, size), 1);
  const sizeWidth = Math.max(4, String(most).length);
  const room = width - nameWidth - sizeWidth - BAR - 6;
  const cell = labels.length * 2 <= room ? 2 : 1;
  const columns = Math.min(labels.length, Math.floor(room / cell));
  const table = lines.map(({ rows, counts }, line) => {
    const bar = '■'.repeat(Math.ceil((rows / most) * BAR)).padEnd(BAR);
    const shades = inColumns(counts, labels.length, columns).map((own) => shadeOf(own, rows).repeat(cell));
    const ofLabels = labels.length === 0 ? '' : ` │${shades.join('')}│`;
    return `${names[line]!.padEnd(nameWidth)} ${String(rows).padStart(sizeWidth)} ${bar}${ofLabels}`;
  });
  const title = `${'client'.padEnd(nameWidth)} ${'rows'.padStart(sizeWidth)} ${' '.repeat(BAR)}  `;
  const hidden = clients - lines.length;
  return [
    head,
    sizesText(sizes),
    '',
    title + labelsText(labels, columns, cell),
    ...table,
    ...(hidden > 0 ? [`… and ${hidden} more between these`] : []),
    ...(labels.length === 0
      ? []
      : ['', "shares of a client's rows:  · < 5 %   ░ < 20 %   ▒ < 40 %   ▓ < 70 %   █ more"]),
  ]
    .map((line) => [...line].slice(0, width).join('').trimEnd())
    .join('\n');
}

/** "1 client", "2 clients". */
export function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Up to `most` of `size` indices, evenly spread, the first and the last among them. */
export function evenlySpread(size: number, most: number): readonly number[] {
  const steps = Math.min(size, most);
  return Array.from({ length: steps }, (_, step) =>
    steps === 1 ? 0 : Math.floor((step * (size - 1)) / (steps - 1)),
  );
}

/** Counts of labels, neighbours added up if there are fewer columns. */
function inColumns(counts: ArrayLike<number>, labels: number, columns: number): readonly number[] {
  const sums = new Array<number>(columns).fill(0);
  for (let label = 0; label < labels; label++) {
    sums[Math.floor((label * columns) / labels)]! += counts[label] as number;
  }
  return sums;
}

function shadeOf(rows: number, of: number): string {
  if (rows === 0) return SHADES[0];
  const share = rows / of;
  const step = [0.05, 0.2, 0.4, 0.7].findIndex((bound) => share < bound);
  return SHADES[step < 0 ? 5 : step + 1] as string;
}

function labelsText(labels: readonly Label[], columns: number, cell: number): string {
  if (labels.length === 0) return '';
  const texts = labels.map((label) => shortened(String(label), 12));
  const fit = columns === labels.length && texts.every((text) => text.length <= cell);
  return fit ? texts.map((text) => text.padEnd(cell)).join('') : `labels ${texts[0]} to ${texts.at(-1)}`;
}

function sizesText(sizes: readonly number[]): string {
  const sorted = [...sizes].sort((one, other) => one - other);
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return `rows of a client: ${sorted[0] ?? 0} to ${sorted.at(-1) ?? 0}, half have ${middle} or more`;
}

function shortened(text: string, most: number): string {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text;
}
