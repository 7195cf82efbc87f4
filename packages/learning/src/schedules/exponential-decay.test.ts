import { describe, expect, it } from 'vitest';
import { scheduleContract } from './contract.js';
import { exponentialDecay } from './exponential-decay.js';

describe('exponentialDecay', () => {
  // 0.8 · 0.25^(t / 2): a half at each count.
  scheduleContract(
    'a smooth decay',
    exponentialDecay({ initial: 0.8, factor: 0.25, every: 2 }),
    [0.8, 0.4, 0.2, 0.1],
  );
  const stairs = exponentialDecay({ initial: 0.8, factor: 0.25, every: 2, staircase: true });
  scheduleContract('a staircase', stairs, [0.8, 0.8, 0.2, 0.2, 0.05]);

  it('throws on a rate that is negative, or counts that are not whole', () => {
    expect(() => exponentialDecay({ initial: -1, factor: 0.5 })).toThrow(
      'initial must be a finite number >= 0',
    );
    expect(() => exponentialDecay({ initial: 1, factor: 0.5, every: 0.5 })).toThrow(
      'Cannot make exponentialDecay: every must be a whole number from 1 to 2147483647, got 0.5',
    );
  });
});
