// Mutual information against counts of pooled pairs, and by hand.
import { type Cell, textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { informationOf, mutualInformation } from './mutual-information.js';

const columns = [textColumn(2), textColumn(2)] as const;
const values = ['a', 'b'] as const;
const placeOf = (cell: Cell): number => (cell === 'a' ? 0 : cell === 'b' ? 1 : 2);

statisticContract('mutualInformation', {
  make: (options) => mutualInformation(columns, { values: [values, values], ...options }),
  columns,
  draw: (random) => [null, 'a', 'b', 'c'][Math.floor(4 * random.uniform())] as Cell,
  expected: (rows) => {
    const counts = [0, 1, 2].map(() => [0, 0, 0]);
    for (const [first, second] of rows) {
      if (first === null || second === null) continue;
      const row = counts[placeOf(first as Cell)] as number[];
      row[placeOf(second as Cell)] = (row[placeOf(second as Cell)] as number) + 1;
    }
    return counts;
  },
  shown: ({ counts }) => counts,
  splitFree: (result) => result,
});

describe('informationOf', () => {
  test('is 0 of independent columns, and the whole entropy where one follows from the other', () => {
    expect(
      informationOf([
        [1, 1],
        [1, 1],
      ]),
    ).toEqual({ count: 4, bits: 0, share: 0 });
    expect(
      informationOf([
        [2, 0],
        [0, 2],
      ]),
    ).toEqual({ count: 4, bits: 1, share: 1 });
    expect(
      informationOf([
        [4, 0],
        [0, 0],
      ]),
    ).toEqual({ count: 4, bits: 0, share: null });
    expect(informationOf([[0]])).toEqual({ count: 0, bits: null, share: null });
  });
});
