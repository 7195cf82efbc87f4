// Cosine decay: half a wave from the initial to the final rate (Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with
// Warm Restarts", ICLR 2017, equation 5, without restarts).
import { tf } from '@starling/compute';
import { checkCount, checkNonNegative } from '../options/option-ranges.js';
import type { Schedule } from './schedule.js';

export interface CosineDecayOptions {
  /** The rate at count 0, at least 0. */
  readonly initial: number;
  /** T, the count at which the final rate is reached, and kept from then on: a whole number of at least 1. */
  readonly over: number;
  /** At least 0; 0 by default. */
  readonly final?: number;
}

/** final + (initial − final) (1 + cos(π min(t, T) / T)) / 2. */
export function cosineDecay({ initial, over, final = 0 }: CosineDecayOptions): Schedule {
  checkNonNegative('cosineDecay', 'initial', initial);
  checkNonNegative('cosineDecay', 'final', final);
  checkCount('cosineDecay', 'over', over);
  return (count) => {
    const share = tf.minimum(tf.div(tf.cast(count, 'float32'), over), 1);
    const wave = tf.add(1, tf.cos(tf.mul(Math.PI, share)));
    return tf.add(final, tf.mul((initial - final) / 2, wave));
  };
}
