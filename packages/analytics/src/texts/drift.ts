// How far two distributions of one column are apart, such as of today's rows and of last week's: figures of aggregates,
// computed at the server. The definitions are those of TensorFlow Data Validation.
import { optionError } from '@starling/federated-core/plan';
import type { Histogram } from '../numbers/histogram.js';
import type { CellValue } from '../values/cell-values.js';
import type { Vocabulary } from './vocabulary.js';

/** Rows by value. */
export type Distribution = ReadonlyMap<CellValue | symbol, number>;

/** What values too rare to be shown have together. */
const OTHER = Symbol('other');

/** Rows by value of a vocabulary; all that it does not show is one more value. */
export function rowsByValue({ values, otherRows }: Vocabulary): Distribution {
  const rows = new Map<CellValue | symbol, number>(values.map(({ value, rows }) => [value, rows]));
  if (otherRows > 0) rows.set(OTHER, otherRows);
  return rows;
}

/** The largest difference of the shares of one value, from 0 to 1; 0 of two without rows. */
export function lInfinity(left: Distribution, right: Distribution): number {
  const [a, b] = [totalOf(left), totalOf(right)];
  return largest(left, right, (value) => Math.abs(share(left, value, a) - share(right, value, b)));
}

/**
 * The largest difference of the rows of one value, divided by the rows of both: unlike `lInfinity` it also sees that
 * one side has more rows. From 0 to 1; 0 of two without rows.
 */
export function normalizedDifference(left: Distribution, right: Distribution): number {
  const total = totalOf(left) + totalOf(right);
  if (total === 0) return 0;
  const rows = (of: Distribution, value: CellValue | symbol) => of.get(value) ?? 0;
  return largest(left, right, (value) => Math.abs(rows(left, value) - rows(right, value))) / total;
}

function largest(
  left: Distribution,
  right: Distribution,
  difference: (value: CellValue | symbol) => number,
): number {
  return valuesOf(left, right).reduce<number>((most, value) => Math.max(most, difference(value)), 0);
}

/** The Jensen–Shannon divergence in bits, from 0 to 1. Throws a `RangeError` if one has no rows. */
export function jensenShannon(left: Distribution, right: Distribution): number {
  const [a, b] = [totalOf(left), totalOf(right)];
  if (a === 0 || b === 0) {
    throw optionError(
      'Cannot take the Jensen–Shannon divergence: both distributions must have rows, got none',
    );
  }
  return divergence(valuesOf(left, right).map((value) => [share(left, value, a), share(right, value, b)]));
}

/**
 * The Jensen–Shannon divergence of two histograms in bits. Their edges are joined, and rows are taken to be spread
 * evenly within a bucket; below, above and NaN are values of their own. Throws a `RangeError` if one has no rows.
 */
export function jensenShannonOfHistograms(left: Histogram, right: Histogram): number {
  const edges = [...new Set([...left.edges, ...right.edges])].sort((a, b) => a - b);
  const [a, b] = [left, right].map((one) => spread(one, edges)) as [readonly number[], readonly number[]];
  const [totalA, totalB] = [a, b].map((one) => one.reduce((sum, rows) => sum + rows, 0)) as [number, number];
  if (totalA === 0 || totalB === 0) {
    throw optionError('Cannot take the Jensen–Shannon divergence: both histograms must have rows, got none');
  }
  return divergence(a.map((rows, at) => [rows / totalA, (b[at] as number) / totalB]));
}

/** Rows between neighbouring edges, then below, above and NaN. */
function spread(
  { edges: own, counts, below, above, nan }: Histogram,
  edges: readonly number[],
): readonly number[] {
  const between = edges.slice(0, -1).map((low, at) => {
    const high = edges[at + 1] as number;
    const bucket = own.findIndex(
      (edge, index) => edge <= low && high <= (own[index + 1] ?? Number.NEGATIVE_INFINITY),
    );
    if (bucket < 0) return 0;
    const width = (own[bucket + 1] as number) - (own[bucket] as number);
    return ((counts[bucket] as number) * (high - low)) / width;
  });
  return [...between, below, above, nan];
}

function divergence(pairs: readonly (readonly [number, number])[]): number {
  const toMiddle = (p: number, q: number): number => (p === 0 ? 0 : p * Math.log2((2 * p) / (p + q)));
  const sum = pairs.reduce((all, [p, q]) => all + (toMiddle(p, q) + toMiddle(q, p)) / 2, 0);
  return Math.min(1, Math.max(0, sum));
}

const totalOf = (distribution: Distribution): number =>
  [...distribution.values()].reduce((sum, rows) => sum + rows, 0);

const share = (distribution: Distribution, value: CellValue | symbol, total: number): number =>
  total === 0 ? 0 : (distribution.get(value) ?? 0) / total;

const valuesOf = (left: Distribution, right: Distribution): readonly (CellValue | symbol)[] => [
  ...new Set([...left.keys(), ...right.keys()]),
];
