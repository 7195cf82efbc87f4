import { float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { discountedMean } from './discounted-mean.js';

describe('discountedMean', () => {
  test('averages updates by their weights where nothing is stale', async () => {
    // (1 · 3 + 2 · 2 + 3 · 1) / 6 = 10 / 6; all alike: 6 / 3.
    const cohort = { update: float32(), values: [1, 2, 3], weights: [3, 2, 1] };
    expect((await aggregate(discountedMean(), cohort)).result).toBeCloseTo(10 / 6, 6);
    expect((await aggregate(discountedMean({ weighted: false }), cohort)).result).toBe(2);
  });

  test.each([-1, Number.NaN, [[]], [[2]]])('refuses the discount %o', (discount) => {
    expect(() => discountedMean({ discount: discount as number })).toThrow(
      'Cannot average stale updates: discount must be an exponent of at least 0, or a list of factors from 0 to 1',
    );
  });

  test('refuses a list by which what is not stale counts for nothing', () => {
    expect(() => discountedMean({ discount: [0, 0] })).toThrow(
      'the first factor of discount is of an update that is not stale, and must be above 0, or nothing is learned, got [0, 0]',
    );
  });

  test('names the discount that it got', () => {
    expect(() => discountedMean({ discount: Number.NaN })).toThrow(/, got NaN/);
  });

  aggregatorContract('discountedMean', discountedMean);
  aggregatorContract('discountedMean of factors', () =>
    discountedMean({ discount: [1, 0.5], weighted: false }),
  );
});
