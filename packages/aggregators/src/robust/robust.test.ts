// The rules over single updates as aggregators, on worked numbers.
import { float32, int32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Aggregator } from '../aggregator/aggregator.js';
import { aggregate, aggregatorContract } from '../aggregator/contract.js';
import { boundedMean } from './bounded-mean.js';
import { centredClipping } from './centred-clipping.js';
import { coordinateMedian } from './coordinate-median.js';
import { geometricMedian } from './geometric-median.js';
import { krum, multiKrum } from './krum.js';
import { trimmedMean } from './trimmed-mean.js';

const rows = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 9],
];

async function resultOf(aggregator: Aggregator, values: readonly (readonly number[])[], weights?: number[]) {
  const update = float32(values[0]!.length);
  const { result } = await aggregate(aggregator, { update, values, ...(weights && { weights }) });
  return [...(result as unknown as { readonly data: Float32Array }).data];
}

describe('rules over rows', () => {
  test.each([
    ['coordinateMedian', coordinateMedian(), [4, 5, 6]],
    ['trimmedMean of one', trimmedMean({ count: 1 }), [4, 5, 6]],
    ['trimmedMean of a third', trimmedMean({ share: 0.34 }), [4, 5, 6]],
    ['multiKrum of two', multiKrum({ faulty: 1, keep: 2 }), [2.5, 3.5, 4.5]],
    // All but one.
    ['multiKrum', multiKrum({ faulty: 1 }), [2.5, 3.5, 4.5]],
  ])('%s', async (_, aggregator, expected) => {
    expect(await resultOf(aggregator, rows)).toEqual(expected);
  });

  test('krum takes the first of those with the nearest neighbour', async () => {
    expect(await resultOf(krum({ faulty: 1 }), [[0.2], [0.7], [1]])).toEqual([Math.fround(0.7)]);
    expect(await resultOf(krum({ faultyShare: 0.4 }), [[0.2], [0.7], [1]])).toEqual([Math.fround(0.7)]);
  });

  test('geometricMedian finds where the diagonals of a quadrangle meet', async () => {
    const corners = [
      [0, 0],
      [1, 0],
      [0, 1],
      [10, 10],
    ];
    // Within 1e-9 of 0.5, which is the float32 nearest to it.
    expect(await resultOf(geometricMedian(), corners)).toEqual([0.5, 0.5]);
  });

  test('none of them follows a client that says it weighs more', async () => {
    const values = [[1], [2], [100]];
    const weights = [1, 1, 1e6];
    for (const aggregator of [coordinateMedian(), trimmedMean({ count: 1 }), geometricMedian()]) {
      expect((await resultOf(aggregator, values, weights))[0]).toBeCloseTo(2, 5);
    }
    // (1 + 2 + 3) / 3.
    expect((await resultOf(boundedMean({ norm: 3 }), values, weights))[0]).toBe(2);
  });

  test('weights count when they are told to', async () => {
    // (1 · 3 + 2 · 1) / 4; and 3 of 4 lie at 1.
    expect(await resultOf(boundedMean({ norm: 5, weighted: true }), [[1], [2]], [3, 1])).toEqual([1.25]);
    const [median] = await resultOf(geometricMedian({ weighted: true }), [[1], [2]], [3, 1]);
    expect(median).toBeCloseTo(1, 5);
  });
});

describe('centredClipping', () => {
  test('moves its centre by clipped distances from it', async () => {
    // From 0: 3 becomes 2, 1 stays and −50 becomes −2: 1/3.
    const step = await aggregate(centredClipping({ norm: 2 }), { update: float32(), values: [3, 1, -50] });
    expect(step.result).toBeCloseTo(1 / 3, 6);
    expect(step.state).toBe(step.result);
  });

  test('names the type of what it cannot clip', () => {
    expect(() => centredClipping({ norm: 1 }).create(struct({ a: float32(), b: int32(3) }))).toThrow(
      'need float32 tensors of a known shape, got int32[3]',
    );
  });
});

describe('options of rules', () => {
  test('are a number or a share', () => {
    expect(() => trimmedMean({} as never)).toThrow('need either count or share, got neither');
    expect(() => krum({ faulty: 1, faultyShare: 0.1 } as never)).toThrow(
      'need either faulty or faultyShare, got both',
    );
    expect(() => krum({ faulty: 1, keep: 2 } as never)).toThrow("got 'keep'");
    expect(() => boundedMean({} as never)).toThrow('norm must be a finite number > 0, got undefined');
    expect(() => trimmedMean({ share: 0.5 })).toThrow('share must be');
  });
});

aggregatorContract('coordinateMedian', coordinateMedian);
aggregatorContract('trimmedMean', () => trimmedMean({ share: 0.2 }));
aggregatorContract('krum', () => krum({ faultyShare: 0.2 }));
aggregatorContract('multiKrum', () => multiKrum({ faultyShare: 0.2 }));
aggregatorContract('geometricMedian', geometricMedian);
aggregatorContract('boundedMean', () => boundedMean({ norm: 10 }));
aggregatorContract('centredClipping', () => centredClipping({ norm: 10 }));
