// Histograms against a walk over the pooled rows.
import { numberColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawNumber, numbersOf } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { equalWidths, histogram } from './histogram.js';

// 0.1 is between two numbers of float32, and no whole number.
const edges = [-1e6, -10, -0.1, 0, 0.1, 3, 9.5, 1e8];

for (const format of ['float64', 'float32', 'int32'] as const) {
  const column = numberColumn(format);
  statisticContract(`histogram of ${format}`, {
    make: (options) => histogram(column, { edges, ...options }),
    columns: [column],
    draw: (random) => drawNumber(random, format),
    expected: (rows) => {
      const numbers = numbersOf(rows);
      const where = (is: (value: number) => boolean): number => numbers.filter(is).length;
      const counts = edges.slice(0, -1).map((low, at) => {
        const high = edges[at + 1] as number;
        const isLast = at === edges.length - 2;
        return where((value) => value >= low && (isLast ? value <= high : value < high));
      });
      return {
        edges,
        counts,
        below: where((value) => value < -1e6),
        above: where((value) => value > 1e8),
        nan: where(Number.isNaN),
      };
    },
  });
}

describe('histogram', () => {
  test('has the last edge in the last bucket, as numpy', async () => {
    // numpy.histogram([1, 2, 1, 3], bins=[1, 2, 3]) is [2, 2].
    const column = numberColumn();
    const { counts } = await resultOf(histogram(column, { edges: [1, 2, 3] }), column, [1, 2], [1, 3]);
    expect(counts).toEqual([2, 2]);
  });

  test('refuses edges that do not ascend, with what it got', () => {
    expect(() => histogram(numberColumn(), { edges: [1, 1] })).toThrow(
      'Cannot make a histogram: edges must be at least two finite numbers, each above the one before, got [1,1]',
    );
  });

  test('`equalWidths` ends at the upper end itself', () => {
    expect(equalWidths(0, 0.3, 3).at(-1)).toBe(0.3);
    expect(equalWidths(0, 10, 4)).toEqual([0, 2.5, 5, 7.5, 10]);
  });
});
