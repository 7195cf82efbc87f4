// Coverage against figures by hand: it is of clients, and so differs with the split.
import { textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawText } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { coverage } from './coverage.js';

const text = textColumn(12);
statisticContract('coverage', {
  make: (options) => coverage(text, options),
  columns: [text],
  draw: drawText,
  // Of one client with all rows, and whatever is the same for every split.
  expected: (rows) => rows.some(([cell]) => cell !== null),
  shown: ({ withValues }) => withValues > 0,
});

describe('coverage', () => {
  test('counts the clients that miss a column, however many rows the others have', async () => {
    const many = Array<string>(1000).fill('a');
    const third = ['a', null, null];
    const { clientsBySize, ...rest } = await resultOf(
      coverage(text),
      text,
      many,
      third,
      ['a', null],
      [null],
      [],
    );
    expect(rest).toEqual({ clients: 5, withRows: 4, withValues: 3, missingMost: 2 });
    // 1,000 rows are from 2^9 on, 3 and 2 from 2^1, 1 from 2^0.
    expect(clientsBySize.flatMap((clients, k) => (clients > 0 ? [k, clients] : []))).toEqual([
      0, 1, 1, 2, 9, 1,
    ]);
  });
});
