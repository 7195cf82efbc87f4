import { describe, expect, test } from 'vitest';
import { scheduleContract } from './contract.js';
import { exponentialDecay } from './exponential-decay.js';
import { warmUp } from './warm-up.js';

describe('warmUp', () => {
  scheduleContract('a warm-up to a rate that stays', warmUp(0.8, { overSteps: 4 }), {
    rates: [0.2, 0.4, 0.6, 0.8, 0.8],
  });
  // Up to 1, then 1, 1/2, 1/4 from the count after.
  const decay = exponentialDecay({ initialRate: 1, factor: 0.5 });
  scheduleContract('a warm-up to a schedule', warmUp(decay, { overSteps: 2 }), {
    rates: [0.5, 1, 1, 0.5, 0.25],
  });

  test('throws when it is to last no time', () => {
    expect(() => warmUp(1, { overSteps: 0 })).toThrow(
      'Cannot make warmUp: overSteps must be a whole number from 1 to 2147483647, got 0',
    );
  });
});
