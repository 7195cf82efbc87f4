import { float32, int32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { clipped } from '../wrappers/clipped.js';
import { topKSum } from './top-k-sum.js';

const dataOf = (value: unknown): number[] => [...(value as { readonly data: Float32Array }).data];
const update = float32(4);

describe('topKSum', () => {
  test('sends the largest half, and the rest with what comes later', async () => {
    const aggregator = topKSum({ share: 0.5 });
    const first = await aggregate(aggregator, {
      update,
      values: [
        [4, -3, 2, 1],
        [0, 0, -8, 1],
      ],
    });
    // A sends 4 and −3 and keeps 2 and 1; B sends −8 and 1.
    expect(dataOf(first.result)).toEqual([4, -3, -8, 1]);
    expect(first.clientState!.map(dataOf)).toEqual([
      [0, 0, 2, 1],
      [0, 0, 0, 0],
    ]);
    const second = await aggregate(aggregator, {
      update,
      values: [
        [1, 0, 2, 1],
        [3, 2, 1, 0],
      ],
      after: first,
    });
    // A has 1, 0, 4, 2: it sends 4 and 2 and keeps 1. B sends 3 and 2 and keeps 1.
    expect(dataOf(second.result)).toEqual([3, 2, 4, 2]);
    expect(second.clientState!.map(dataOf)).toEqual([
      [1, 0, 0, 0],
      [0, 0, 1, 0],
    ]);
  });

  test('takes the largest of all tensors of an update together', async () => {
    const structured = struct({ a: float32(2), b: float32() });
    const { result } = await aggregate(topKSum({ share: 0.34 }), {
      update: structured,
      values: [{ a: [1, -5], b: 4 }],
    });
    // 0.34 of 3 numbers, rounded up: −5 and 4.
    const { a, b } = result as unknown as { readonly a: unknown; readonly b: number };
    expect([dataOf(a), b]).toEqual([[0, -5], 4]);
  });

  test('keeps values times weights under a mean', async () => {
    const step = await aggregate(meanAggregator({ valueSum: topKSum({ share: 0.5 }) }), {
      update: float32(2),
      values: [
        [3, 1],
        [1, 2],
      ],
      weights: [2, 4],
    });
    // 6 of (6, 2) and 8 of (4, 8), by 6.
    expect(dataOf(step.result)).toEqual([1, Math.fround(8 / 6)]);
    expect(step.clientState!.map((kept) => dataOf((kept as unknown as { values: unknown }).values))).toEqual([
      [0, 2],
      [4, 0],
    ]);
  });

  test('leaves a bound on updates none on what is added: clients add what they kept, too', () => {
    expect(clipped(topKSum({ share: 0.5 }), { norm: 1 }).sensitivity).toBeNull();
    const mean = meanAggregator({ weighted: false, valueSum: topKSum({ share: 0.5 }) });
    expect(clipped(mean, { norm: 1 }).sensitivity).toBeNull();
  });

  test('refuses what it cannot choose from', () => {
    expect(() => topKSum({ share: 0 })).toThrow('share must be');
    expect(() => topKSum({ share: 0.5 }).create(int32(3))).toThrow(
      'tensors must be float32 of a known shape, got int32[3]',
    );
  });
});

aggregatorContract('topKSum', () => topKSum({ share: 1 }));
