import { describe, expect, test } from 'vitest';
import { RATE_NAMES, ratesOf } from './rates.js';

describe('ratesOf', () => {
  test('gives nine rates of four integers', () => {
    const cells = { truePositives: 6, falsePositives: 2, trueNegatives: 5, falseNegatives: 3 };
    expect(ratesOf(cells)).toEqual({
      selectionRate: 8 / 16,
      truePositiveRate: 6 / 9,
      falsePositiveRate: 2 / 7,
      trueNegativeRate: 5 / 7,
      falseNegativeRate: 3 / 9,
      precision: 6 / 8,
      falseDiscoveryRate: 2 / 8,
      falseOmissionRate: 3 / 8,
      accuracy: 11 / 16,
    });
  });

  test('gives null where there is nothing to be a rate of', () => {
    const onlyNegatives = ratesOf({
      truePositives: 0,
      falsePositives: 0,
      trueNegatives: 4,
      falseNegatives: 0,
    });
    expect(onlyNegatives.truePositiveRate).toBeNull();
    expect(onlyNegatives.precision).toBeNull();
    expect(onlyNegatives.trueNegativeRate).toBe(1);
    const nobody = ratesOf({ truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 });
    expect(RATE_NAMES.filter((rate) => nobody[rate] !== null)).toEqual([]);
  });
});
