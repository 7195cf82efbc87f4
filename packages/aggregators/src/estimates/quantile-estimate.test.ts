import { createOnnxEngine, localRunner } from '@starling/compute';
import { evaluate, generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { type QuantileEstimateOptions, quantileEstimate } from './quantile-estimate.js';

/** The estimates of rounds on end, the first before any; `records` gives those of a round. */
async function estimates(
  options: QuantileEstimateOptions,
  rounds: number,
  records: (round: number) => readonly number[],
): Promise<readonly number[]> {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  const { initialize, next, report } = quantileEstimate(options).create();
  let state: unknown = await evaluate(initialize, undefined, { run });
  const found: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    found.push((await evaluate(report, { state } as never, { run })) as unknown as number);
    if (round === rounds) break;
    const after = await evaluate(next, { state, record: records(round) } as never, { run });
    ({ state } = after as unknown as { readonly state: unknown });
  }
  await engine.dispose();
  return found;
}

describe('quantileEstimate', () => {
  test('halves, by geometric steps of ln 2, until nobody is within', async () => {
    // Records 5 and 2.5, target 0. Within 16 and 8 are both: 16 / 2 / 2 = 4. Within 4 is one of two: 4 / √2, and of
    // that again one: 2. Within 2 is nobody.
    const options = { initial: 16, target: 0, learningRate: Math.log(2) };
    const found = await estimates(options, 5, () => [5, 2.5]);
    [16, 8, 4, 4 / Math.SQRT2, 2, 2].forEach((expected, round) => {
      expect(found[round]).toBeCloseTo(expected, 5);
    });
  });

  test('moves by the share within, by arithmetic steps', async () => {
    // 3 − 1 · (1 − 0.5), as both are within 3 and 2.5; within 2 is one of two, which is the target.
    const options = { initial: 3, target: 0.5, learningRate: 1, steps: 'arithmetic' } as const;
    const found = await estimates(options, 3, () => [1, 2.25]);
    [3, 2.5, 2, 2].forEach((expected, round) => {
      expect(found[round]).toBeCloseTo(expected, 5);
    });
  });

  test.each([0.1, 100])('settles near the median of uniform records from %d', async (initial) => {
    // Uniform on 0 … 10: the share within q is q / 10, so that q rests at 5. Of 50 records the share has a standard
    // deviation of 0.07, and steps of a tenth of it leave q within a few percent.
    const random = generator(seedFrom(7));
    const draw = () => Array.from({ length: 50 }, () => 10 * random.uniform());
    const found = await estimates({ initial, target: 0.5, learningRate: 0.2 }, 120, draw);
    const last = found.slice(-20).reduce((sum, one) => sum + one, 0) / 20;
    expect(last).toBeGreaterThan(4.5);
    expect(last).toBeLessThan(5.5);
  });

  test('reports a multiple of the quantile and an increment', async () => {
    // 2 · 10 + 1, then of 10 / 2, since both are within 10 itself.
    const options = { initial: 10, target: 0, learningRate: Math.log(2), multiplier: 2, increment: 1 };
    const found = await estimates(options, 1, () => [9, 10]);
    expect(found[0]).toBe(21);
    expect(found[1]).toBeCloseTo(11, 5);
  });

  test('throws when the target is no share', () => {
    expect(() => quantileEstimate({ initial: 1, target: 50, learningRate: 1 })).toThrow(
      'target must be a finite number from 0 to 1, got 50',
    );
  });
});
