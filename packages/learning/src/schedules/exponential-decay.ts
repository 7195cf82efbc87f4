// Exponential decay: η γ^(t / T), smooth or as a staircase.
import { tf } from '@starling/compute';
import { checkOptions, count, kinds, required } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';
import { type Schedule, scheduleOf } from './schedule.js';

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
    initialRate: required(nonNegative),
    factor: required(nonNegative),
    everySteps: count,
    staircase: kinds.flag,
  });
  const { initialRate, factor, everySteps = 1, staircase = false } = options;
  return scheduleOf('exponentialDecay', (step) => {
    const times = tf.div(tf.cast(step, 'float32'), everySteps);
    return tf.mul(initialRate, tf.pow(factor, staircase ? tf.floor(times) : times));
  });
}
