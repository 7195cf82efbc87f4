import { deriveSeed, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Latency } from './fault-schema.js';
import { drawLatency, leastLatency } from './latency.js';

const DRAWS = 10_000;
const draw = (latency: Latency): readonly number[] =>
  Array.from({ length: DRAWS }, (_, client) =>
    drawLatency(latency, deriveSeed(seedFrom(3), 'draw', client), deriveSeed(seedFrom(3), 'own', client)),
  );
/**
 * How many draws are at most the distribution's own q-quantile: a binomial number, q · 10,000 with a standard deviation
 * of √(10,000 · q (1 − q)), at most 50; five of them are allowed.
 */
function expectQuantiles(latency: Latency, quantile: (q: number) => number): void {
  const draws = draw(latency);
  for (const q of [0.05, 0.25, 0.5, 0.75, 0.95]) {
    const below = draws.filter((each) => each <= quantile(q)).length;
    const bound = 5 * Math.sqrt(DRAWS * q * (1 - q));
    expect(Math.abs(below - DRAWS * q), `${latency.distribution} ${q}`).toBeLessThan(bound);
  }
}
/** Of the standard normal distribution, from tables. */
const NORMAL: Readonly<Record<number, number>> = {
  0.05: -1.6448536269514722,
  0.25: -0.6744897501960817,
  0.5: 0,
  0.75: 0.6744897501960817,
  0.95: 1.6448536269514722,
};

describe('drawLatency', () => {
  test('`drawLatency` has the quantiles of its distribution', () => {
    expectQuantiles({ distribution: 'uniform', lowMs: 100, highMs: 500 }, (q) => 100 + 400 * q);
    expectQuantiles({ distribution: 'exponential', meanMs: 200 }, (q) => -200 * Math.log(1 - q));
    expectQuantiles({ distribution: 'log-normal', mu: 6, sigma: 0.5 }, (q) => Math.exp(6 + 0.5 * NORMAL[q]!));
    expect(new Set(draw({ distribution: 'constant', ms: 7 }))).toEqual(new Set([7]));
  });

  test('`drawLatency` draws each latency of a trace equally often', () => {
    const draws = draw({ distribution: 'trace', ms: [5, 70, 5, 900] });
    for (const [ms, share] of [
      [5, 0.5],
      [70, 0.25],
      [900, 0.25],
    ] as const) {
      const count = draws.filter((each) => each === ms).length;
      // A binomial number: five standard deviations.
      expect(Math.abs(count - DRAWS * share)).toBeLessThan(5 * Math.sqrt(DRAWS * share * (1 - share)));
    }
  });

  test('`drawLatency` puts clients into classes by their shares, for good', () => {
    const latency: Latency = {
      distribution: 'classes',
      classes: [
        { share: 0.7, latency: { distribution: 'constant', ms: 10 } },
        { share: 0.3, latency: { distribution: 'uniform', lowMs: 100, highMs: 200 } },
      ],
    };
    const draws = draw(latency);
    const fast = draws.filter((ms) => ms === 10).length;
    // 7,000, with a standard deviation of √(10,000 · 0.7 · 0.3) ≈ 45.8; five of them are 229.
    expect(Math.abs(fast - 7000)).toBeLessThan(229);
    for (let client = 0; client < 100; client++) {
      const again = drawLatency(latency, [9, client], deriveSeed(seedFrom(3), 'own', client));
      expect(again === 10, String(client)).toBe(draws[client] === 10);
    }
  });
});

test('`leastLatency` is the shortest that can be drawn', () => {
  expect(leastLatency({ distribution: 'uniform', lowMs: 100, highMs: 500 })).toBe(100);
  expect(leastLatency({ distribution: 'exponential', meanMs: 100 })).toBe(0);
  expect(leastLatency({ distribution: 'log-normal', mu: 0, sigma: 0 })).toBe(1);
  expect(leastLatency({ distribution: 'trace', ms: [70, 5, 900] })).toBe(5);
});
