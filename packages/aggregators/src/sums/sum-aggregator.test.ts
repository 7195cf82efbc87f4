import { float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { sumAggregator } from './sum-aggregator.js';

describe('sumAggregator', () => {
  test('adds up updates, whatever their weights', async () => {
    expect(
      (await aggregate(sumAggregator(), { update: float32(), values: [1, 2, 3], weights: [3, 2, 1] })).result,
    ).toBe(6);
  });

  test('gives zero when nobody reports', async () => {
    expect((await aggregate(sumAggregator(), { update: float32(), values: [] })).result).toBe(0);
  });

  aggregatorContract('sumAggregator', sumAggregator);
});
