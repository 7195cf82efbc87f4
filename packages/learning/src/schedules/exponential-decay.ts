// Exponential decay: η γ^(t / T), smooth or as a staircase.
import { tf } from '@starling/compute';
import { checkChoice, checkOptions } from '@starling/federated-core/plan';
import { checkCount, checkNonNegative } from '../options/option-ranges.js';
import type { Schedule } from './schedule.js';

export interface ExponentialDecayOptions {
  /** η, at least 0. */
  readonly initialRate: number;
  /** γ, what the rate is multiplied by in `everySteps` steps; at least 0, and below 1 to decay. */
  readonly factor: number;
  /** T, a whole number of at least 1; 1 by default. */
  readonly everySteps?: number;
  /** Whether the rate stays the same for T steps, then falls; false by default. */
  readonly staircase?: boolean;
}

export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  checkOptions('Cannot make exponentialDecay', options, {
    initialRate: true,
    factor: true,
    everySteps: true,
    staircase: true,
  });
  const { initialRate, factor, everySteps = 1, staircase = false } = options;
  checkNonNegative('exponentialDecay', 'initialRate', initialRate);
  checkNonNegative('exponentialDecay', 'factor', factor);
  checkCount('exponentialDecay', 'everySteps', everySteps);
  checkChoice('Cannot make exponentialDecay', 'staircase', staircase, [true, false]);
  return (count) => {
    const times = tf.div(tf.cast(count, 'float32'), everySteps);
    return tf.mul(initialRate, tf.pow(factor, staircase ? tf.floor(times) : times));
  };
}
