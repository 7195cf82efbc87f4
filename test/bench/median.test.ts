// Checks the median.
import { expect, test } from 'vitest';
import { median } from './median.js';

test('`median` takes the middle number, or the mean of the middle two', () => {
  expect(median([5, 1, 3])).toBe(3);
  // Sorted as numbers: 2, 4, 10, 30.
  expect(median([30, 10, 2, 4])).toBe(7);
});
