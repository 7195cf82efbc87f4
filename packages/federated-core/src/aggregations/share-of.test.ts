// Shares of cohorts, as they are on paper.
import { expect, test } from 'vitest';
import { shareOf } from './share-of.js';

test('`shareOf` is what the decimals say, for every number of hundredths', () => {
  for (let hundredths = 0; hundredths < 50; hundredths++) {
    for (let n = 1; n <= 1000; n++) {
      const exact = (hundredths * n - ((hundredths * n) % 100)) / 100;
      expect(shareOf(hundredths / 100, n)).toBe(exact);
    }
  }
});
