import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../../computations/federated-computation.js';
import { seedFrom } from '../../random/seed.js';
import { bothWays } from '../../testing/both-ways.js';
import { atClients, float32 } from '../../types/types.js';
import { federatedSample } from './federated-sample.js';

describe('federatedSample', () => {
  test('`federatedSample` draws clients uniformly when seeds vary', async () => {
    const sample = federatedComputation(atClients(float32()), (x) => federatedSample(x, { maxSamples: 2 }));
    const counts = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 400; seed++) {
      const kept = (await bothWays(sample, [0, 1, 2, 3, 4], { seed: seedFrom(seed) })) as number[];
      expect(kept).toHaveLength(2);
      for (const client of kept) counts[client]!++;
    }
    // 400 draws of 2 of 5: 160 each, with a standard deviation of √(400·0.4·0.6) ≈ 9.8; five of them is 49.
    for (const count of counts) expect(Math.abs(count - 160)).toBeLessThan(49);
  });
});
