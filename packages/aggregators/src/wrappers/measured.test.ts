import { float32, struct } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { aggregate, aggregatorContract, wrapperContract } from '../aggregator/contract.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { measured } from './measured.js';

describe('measured', () => {
  test('measures the mean norm of updates and the norm of their aggregate', async () => {
    // Norms 5 and 13: their mean is 9. The sum (8, 16) has norm √320.
    const { measurements } = await aggregate(measured(sumAggregator()), {
      update: struct({ a: float32(), b: float32() }),
      values: [
        { a: 3, b: 4 },
        { a: 5, b: 12 },
      ],
    });
    const { clientNorm, serverNorm } = measurements as unknown as Record<string, number>;
    expect(clientNorm).toBeCloseTo(9, 5);
    expect(serverNorm).toBeCloseTo(Math.sqrt(320), 5);
  });

  test('measures zeros when nobody reports', async () => {
    const { measurements } = await aggregate(measured(sumAggregator()), { update: float32(2), values: [] });
    expect(measurements).toEqual({ clientNorm: 0, serverNorm: 0, inner: {} });
  });

  aggregatorContract('measured', () => measured(meanAggregator()));
});
wrapperContract('measured', (inner) => measured(inner));
