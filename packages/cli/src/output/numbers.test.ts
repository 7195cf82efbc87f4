import { describe, expect, test } from 'vitest';
import { countOf, formatBytes, formatDuration, formatNumber } from './numbers.js';

describe('formatNumber', () => {
  test('keeps about four digits at every size', () => {
    expect([0.312549, 2.5, 1240, 12345.6, 1.234e-7, 3e9 + 0.5].map(formatNumber)).toEqual([
      '0.3125',
      '2.5',
      '1,240',
      '12,346',
      '1.23e-7',
      '3.00e+9',
    ]);
  });
});

describe('countOf', () => {
  test('puts the noun in the plural unless there is one', () => {
    expect([0, 1, 1240].map((count) => countOf(count, 'round'))).toEqual([
      '0 rounds',
      '1 round',
      '1,240 rounds',
    ]);
  });
});

describe('formatDuration', () => {
  test('chooses the unit by size', () => {
    expect([480.4, 3200, 125_000].map(formatDuration)).toEqual(['480 ms', '3.2 s', '2 min 5 s']);
  });
});

describe('formatBytes', () => {
  test('counts in thousands, and says when the data decides', () => {
    expect([0, 999, 1000, 796_840, 4_800_000, 3e12].map(formatBytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1 kB',
      '796.8 kB',
      '4.8 MB',
      '3000 GB',
    ]);
    expect(formatBytes(null)).toBe('size known only with the data');
  });
});
