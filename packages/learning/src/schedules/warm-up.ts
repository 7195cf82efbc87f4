// Warm-up: a rate that rises evenly to what a schedule begins with, and then follows it (Goyal, Dollár, Girshick,
// Noordhuis, Wesolowski, Kyrola, Tulloch, Jia, He, "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017,
// §2.2).

import { tf } from '@starling/compute';
import { checkOptions, count, required } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';
import { type Schedule, scheduleOf } from './schedule.js';

/**
 * η (t + 1) / T at steps t below T = `overSteps` (a whole number of at least 1), so that the first rate is not 0; from
 * then on `then` at t − T. η is what `then` begins with; a number is a rate that stays.
 */
export function warmUp(then: number | Schedule, options: { readonly overSteps: number }): Schedule {
  checkOptions('Cannot make warmUp', options, { overSteps: required(count) });
  const { overSteps } = options;
  if (typeof then !== 'function') nonNegative('Cannot make warmUp', 'then', then);
  const schedule: Schedule = typeof then === 'number' ? () => tf.scalar(then) : then;
  return scheduleOf('warmUp', (step) => {
    const share = tf.div(tf.add(tf.cast(step, 'float32'), 1), overSteps);
    const sinceThen = tf.maximum(tf.sub(step, tf.scalar(overSteps, 'int32')), tf.scalar(0, 'int32'));
    return tf.mul(schedule(sinceThen), tf.minimum(share, 1));
  });
}
