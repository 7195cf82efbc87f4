import { describe, expect, test } from 'vitest';
import { clientRanges } from './client-processes.js';

describe('clientRanges', () => {
  test('splits the population evenly and leaves nobody out', () => {
    expect(clientRanges(10, 4)).toEqual([
      [0, 2],
      [2, 5],
      [5, 7],
      [7, 10],
    ]);
  });

  test('makes no more parts than there are clients', () => {
    expect(clientRanges(2, 8)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});
