// Cosine decay: half a wave from the initial to the final rate (Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent
// with Warm Restarts", ICLR 2017, equation 5, without restarts).

import { tf } from '@starling/compute';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';
import { type Schedule, scheduleOf } from './schedule.js';

export interface CosineDecayOptions {
  /** The rate at step 0, at least 0. */
  readonly initialRate: number;
  /** T, the step at which the final rate is reached, and kept from then on: a whole number of at least 1. */
  readonly overSteps: number;
  /** At least 0; 0 by default. */
  readonly finalRate?: number;
}

/** finalRate + (initialRate − finalRate) (1 + cos(π min(t, T) / T)) / 2. */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  checkOptions('Cannot make cosineDecay', options, {
    initialRate: required(nonNegative),
    overSteps: required(count),
    finalRate: nonNegative,
  });
  const { initialRate, overSteps, finalRate = 0 } = options;
  return scheduleOf('cosineDecay', (step) => {
    const share = tf.minimum(tf.div(tf.cast(step, 'float32'), overSteps), 1);
    const wave = tf.add(1, tf.cos(tf.mul(Math.PI, share)));
    return tf.add(finalRate, tf.mul((initialRate - finalRate) / 2, wave));
  });
}
