import { describe, expect, test } from 'vitest';
import { scheduleContract } from './contract.js';
import { exponentialDecay } from './exponential-decay.js';

describe('exponentialDecay', () => {
  // 0.8 · 0.25^(t / 2): a half at each count.
  scheduleContract('a smooth decay', exponentialDecay({ initialRate: 0.8, factor: 0.25, everySteps: 2 }), {
    rates: [0.8, 0.4, 0.2, 0.1],
  });
  const stairs = exponentialDecay({ initialRate: 0.8, factor: 0.25, everySteps: 2, staircase: true });
  scheduleContract('a staircase', stairs, { rates: [0.8, 0.8, 0.2, 0.2, 0.05] });

  test('throws on a rate that is negative, or counts that are not whole', () => {
    expect(() => exponentialDecay({ initialRate: -1, factor: 0.5 })).toThrow(
      'initialRate must be a finite number >= 0',
    );
    expect(() => exponentialDecay({ initialRate: 1, factor: 0.5, everySteps: 0.5 })).toThrow(
      'Cannot make exponentialDecay: everySteps must be a whole number from 1 to 2147483647, got 0.5',
    );
  });
});
