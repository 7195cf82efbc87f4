// Values for tests: numbers with every edge among them, and short texts.
import type { Generator } from '@starling/federated-core';
import type { Cell, NumberFormat } from '@starling/population';

const EDGES = {
  float64: [
    Number.NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    5e-324,
    -5e-324,
    1.7e308,
    -1.7e308,
    1e8 + 1,
    1e8 + 2,
    1 / 3,
  ],
  float32: [
    Number.NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    2 ** -149,
    -(2 ** -149),
    3.4028234663852886e38,
    0.5,
    -1.25,
  ],
  int32: [0, 2 ** 31 - 1, -(2 ** 31), 1, -1, 256, 65_536, 16_777_217],
} as const satisfies Record<NumberFormat, readonly number[]>;

/** A missing value at times, an edge at times, small whole numbers that repeat, and others of many sizes. */
export function drawNumber(random: Generator, format: NumberFormat): Cell {
  const kind = random.uniform();
  const edges = EDGES[format];
  if (kind < 0.1) return null;
  if (kind < 0.3) return edges[Math.floor(random.uniform() * edges.length)] as number;
  if (kind < 0.6) return Math.floor(random.uniform() * 20) - 10;
  const size = 10 ** (8 * random.uniform() - 4);
  const value = random.normal() * size;
  return format === 'int32' ? Math.trunc(value) : format === 'float32' ? Math.fround(value) : value;
}

/** One of 30 texts, the first more often than the last; some of several bytes a letter, one empty. */
export function drawText(random: Generator): Cell {
  if (random.uniform() < 0.1) return null;
  const at = Math.floor(30 * random.uniform() ** 2);
  return at === 7 ? '' : at === 8 ? 'größe' : at === 9 ? '東京' : `word-${at}`;
}

/** The numbers of pooled rows that are not missing. */
export const numbersOf = (rows: readonly (readonly Cell[])[]): readonly number[] =>
  rows.flatMap(([cell]) => (typeof cell === 'number' ? [cell] : []));

/** Rows and clients are counted of these; by value. */
export function countOf<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
