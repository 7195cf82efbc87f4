import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { CohortError } from './check-cohort.js';
import { samplerContract } from './contract.js';
import { weightedSampler } from './weighted-sampler.js';

const first = { round: 1, seed: seedFrom(1) };

describe('weightedSampler', () => {
  test('draws ordered pairs as successive draws by weight have them', () => {
    // Weights 1, 2, 3: (i, j) has the probability w_i / 6 · w_j / (6 − w_i): (2, 1) 3/6 · 2/3 = 1/3. In 6,000 rounds ±
    // √(6,000 p (1 − p)), at most 37; 185 is five of them.
    const weights = [1, 2, 3];
    const sampler = weightedSampler({ cohortSize: 2, weightOf: (client) => weights[client]! });
    const counts = new Map<string, number>();
    for (let round = 1; round <= 6_000; round++) {
      const pair = sampler.sample({ ...first, round, populationSize: 3 }).join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const [pair, count] of counts) {
      const [one, other] = pair.split(',').map((client) => weights[Number(client)]!) as [number, number];
      expect(Math.abs(count - 6_000 * (one / 6) * (other / (6 - one)))).toBeLessThan(185);
    }
  });

  test('never draws a client of weight 0, and takes all others when the cohort is as large', () => {
    const sampler = weightedSampler({ cohortSize: 3, weightOf: (client) => client % 2 });
    const cohort = sampler.sample({ ...first, populationSize: 6 });
    expect([...cohort].sort()).toEqual([1, 3, 5]);
  });

  test('throws when a weight is none, or too few are above 0', () => {
    const cohort = (weightOf: (client: number) => number) => () =>
      weightedSampler({ cohortSize: 3, weightOf }).sample({ ...first, populationSize: 5 });
    expect(cohort(() => Number.NaN)).toThrow('need a finite weight >= 0, got NaN for client 0');
    expect(cohort((client) => -client)).toThrow('got -1 for client 1');
    expect(cohort((client) => client % 2)).toThrow('need 3 clients of a weight above 0, got 2');
    expect(cohort(() => -1)).toThrow(CohortError);
    expect(() => weightedSampler({ cohortSize: 3 } as never)).toThrow(
      'weightOf must be a function, got undefined',
    );
  });

  samplerContract('weightedSampler', weightedSampler({ cohortSize: 7, weightOf: (client) => client + 1 }), {
    sizes: [50, 10_000],
  });
});
