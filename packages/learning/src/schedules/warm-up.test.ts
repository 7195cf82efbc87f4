import { describe, expect, it } from 'vitest';
import { scheduleContract } from './contract.js';
import { exponentialDecay } from './exponential-decay.js';
import { warmUp } from './warm-up.js';

describe('warmUp', () => {
  scheduleContract('a warm-up to a rate that stays', warmUp(0.8, { over: 4 }), [0.2, 0.4, 0.6, 0.8, 0.8]);
  // Up to 1, then 1, 1/2, 1/4 from the count after.
  const decay = exponentialDecay({ initial: 1, factor: 0.5 });
  scheduleContract('a warm-up to a schedule', warmUp(decay, { over: 2 }), [0.5, 1, 1, 0.5, 0.25]);

  it('throws when it is to last no time', () => {
    expect(() => warmUp(1, { over: 0 })).toThrow(
      'Cannot make warmUp: over must be a whole number from 1 to 2147483647, got 0',
    );
  });
});
