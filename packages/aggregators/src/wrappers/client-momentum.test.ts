import { float32, int32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract, wrapperContract } from '../aggregator/contract.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { centredClipping } from '../robust/centred-clipping.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { clientMomentum } from './client-momentum.js';
import { clipped } from './clipped.js';

describe('clientMomentum', () => {
  test('sends what each client remembers of its own updates, from the first on', async () => {
    const aggregator = clientMomentum(meanAggregator(), { momentum: 0.75 });
    const first = await aggregate(aggregator, { update: float32(), values: [4, 8] });
    expect(first.result).toBe(6);
    const second = await aggregate(aggregator, { update: float32(), values: [8, 0], after: first });
    // 0.75 · 4 + 0.25 · 8 = 5, and 0.75 · 8 = 6.
    expect(second.result).toBe(5.5);
    expect(second.clientState).toEqual([
      { momentum: 5, rounds: 2 },
      { momentum: 6, rounds: 2 },
    ]);
  });

  test('is clipped around the centre as the paper has it', async () => {
    const aggregator = clientMomentum(centredClipping({ norm: 1 }), { momentum: 0.5 });
    const first = await aggregate(aggregator, { update: float32(), values: [1, -9] });
    // From 0: 1 stays, and −9 counts as −1.
    expect(first.result).toBe(0);
    const second = await aggregate(aggregator, { update: float32(), values: [3, -9], after: first });
    // 0.5 · 1 + 0.5 · 3 = 2 counts as 1, −9 as −1.
    expect(second.result).toBe(0);
    const third = await aggregate(aggregator, { update: float32(), values: [-1, 10], after: second });
    // 0.5 · 2 − 0.5 = 0.5, and 0.5 · −9 + 5 = 0.5.
    expect(third.result).toBe(0.5);
  });

  test('keeps the bound on updates: a momentum is no longer than the longest of them', () => {
    expect(clipped(clientMomentum(meanAggregator()), { norm: 2 }).sensitivity).toEqual({
      order: 2,
      bound: 2,
    });
  });

  test('refuses a momentum of 1, and numbers that it cannot average', () => {
    expect(() => clientMomentum(meanAggregator(), { momentum: 1 })).toThrow('momentum must be');
    expect(() => clientMomentum(sumAggregator()).create(int32(3))).toThrow('need float32 tensors');
  });
});

aggregatorContract('clientMomentum', () => clientMomentum(meanAggregator()));
wrapperContract('clientMomentum', (inner) => clientMomentum(inner));
