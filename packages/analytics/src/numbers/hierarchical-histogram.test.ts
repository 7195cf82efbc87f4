// Hierarchical histograms against a walk over the pooled rows, and against the figures of TFF’s tests.
import { numberColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawNumber, numbersOf } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import {
  type HierarchicalHistogram,
  hierarchicalHistogram,
  quantileLeaf,
  rangeCount,
} from './hierarchical-histogram.js';

const column = numberColumn();
statisticContract('hierarchicalHistogram', {
  make: (options) => hierarchicalHistogram(column, { range: [-10, 10], bins: 5, ...options }),
  columns: [column],
  draw: (random) => drawNumber(random, 'float64'),
  expected: (rows) => {
    const edges = [-10, -6, -2, 2, 6, 10];
    const leaves = edges
      .slice(0, -1)
      .map((low) => numbersOf(rows).filter((value) => value >= low && value < low + 4).length);
    const [a, b, c, d, e] = leaves as [number, number, number, number, number];
    return { edges, levels: [[a + b + c + d + e], [a + b + c + d, e], [a + b, c + d, e], leaves], arity: 2 };
  },
});

/** A tree over leaves with these rows. */
async function treeOf(leaves: readonly number[], arity: number): Promise<HierarchicalHistogram> {
  const values = leaves.flatMap((rows, leaf) => Array<number>(rows).fill(leaf));
  const statistic = hierarchicalHistogram(column, { range: [0, leaves.length], bins: leaves.length, arity });
  return resultOf(statistic, column, values);
}
const upTo = (length: number): number[] => Array.from({ length }, (_, at) => at);

describe('hierarchicalHistogram', () => {
  test('has the leaves that TFF asserts', async () => {
    const four = hierarchicalHistogram(column, { range: [1, 5], bins: 4 });
    expect((await resultOf(four, column, [1, 2], [3, 4])).levels.at(-1)).toEqual([1, 1, 1, 1]);
    const seven = hierarchicalHistogram(column, { range: [1, 8], bins: 7 });
    expect((await resultOf(seven, column, [2, 7], [5, 3])).levels.at(-1)).toEqual([0, 1, 1, 0, 1, 0, 1]);
  });

  test('has the quantiles that TFF asserts of leaves with 0 to 7, and 0 to 26, rows', async () => {
    const binary = await treeOf(upTo(8), 2);
    expect([0.25, 0.5, 0.75, 1].map((share) => quantileLeaf(binary, share))).toEqual([
      [4, 5],
      [5, 6],
      [6, 7],
      [7, 8],
    ]);
    expect(quantileLeaf(await treeOf(upTo(27), 3), 0.5)).toEqual([19, 20]);
  });

  test('`rangeCount` is the sum of the leaves in the range', async () => {
    for (const arity of [2, 3, 4]) {
      const tree = await treeOf(upTo(8), arity);
      for (let first = 0; first < 8; first++) {
        for (let last = first; last < 8; last++) {
          const rows = ((last - first + 1) * (first + last)) / 2;
          expect([arity, first, last, rangeCount(tree, first, last)]).toEqual([arity, first, last, rows]);
        }
      }
    }
  });
});
