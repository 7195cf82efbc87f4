import { describe, expect, it } from 'vitest';
import { clientRanges } from './client-processes.js';

describe('clientRanges', () => {
  it('splits the population evenly and leaves nobody out', () => {
    expect(clientRanges(10, 4)).toEqual([
      [0, 2],
      [2, 5],
      [5, 7],
      [7, 10],
    ]);
  });

  it('makes no more parts than there are clients', () => {
    expect(clientRanges(2, 8)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});
