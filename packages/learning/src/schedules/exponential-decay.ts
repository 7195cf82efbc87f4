// Exponential decay: η γ^(t / T), at each count or in steps of T.
import { tf } from '@starling/compute';
import { checkChoice } from '@starling/federated-core/plan';
import { checkCount, checkNonNegative } from '../options/option-ranges.js';
import type { Schedule } from './schedule.js';

export interface ExponentialDecayOptions {
  /** η, at least 0. */
  readonly initial: number;
  /** γ, what the rate is multiplied by in `every` counts; at least 0, and below 1 to decay. */
  readonly factor: number;
  /** T, a whole number of at least 1; 1 by default. */
  readonly every?: number;
  /** Whether the rate stays the same for T counts, then falls; false by default. */
  readonly staircase?: boolean;
}

export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const { initial, factor, every = 1, staircase = false } = options;
  checkNonNegative('exponentialDecay', 'initial', initial);
  checkNonNegative('exponentialDecay', 'factor', factor);
  checkCount('exponentialDecay', 'every', every);
  checkChoice('Cannot make exponentialDecay', 'staircase', staircase, [true, false]);
  return (count) => {
    const times = tf.div(tf.cast(count, 'float32'), every);
    return tf.mul(initial, tf.pow(factor, staircase ? tf.floor(times) : times));
  };
}
