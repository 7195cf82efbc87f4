import { describe, expect, test } from 'vitest';
import { scheduleContract } from './contract.js';
import { cosineDecay } from './cosine-decay.js';

describe('cosineDecay', () => {
  // cos 0 = 1, cos π/4 = 1/√2, cos π/2 = 0, cos 3π/4 = −1/√2, cos π = −1, and the final rate from then on.
  const half = Math.SQRT1_2;
  const rates = [1, half, 0, -half, -1, -1, -1].map((cos) => 0.2 + (0.8 * (1 + cos)) / 2);
  scheduleContract('half a wave', cosineDecay({ initialRate: 1, overSteps: 4, finalRate: 0.2 }), { rates });
  scheduleContract('half a wave to nothing', cosineDecay({ initialRate: 1, overSteps: 2 }), {
    rates: [1, 0.5, 0, 0],
  });

  test('throws when it is to last no time', () => {
    expect(() => cosineDecay({ initialRate: 1, overSteps: 0 })).toThrow(
      'overSteps must be a whole number from 1 to 2147483647, got 0',
    );
  });
});
