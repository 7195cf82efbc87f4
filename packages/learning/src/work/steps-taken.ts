// How many steps a client takes in a round, from its number of examples: what algorithms need that weigh clients by
// their steps.
import { tf } from '@starling/compute';
import type { WorkLength } from './work-length.js';

export interface WalkLength {
  readonly unit: WorkLength['unit'];
  readonly count: number | tf.Tensor;
  readonly acrossEpochs: boolean;
}

/**
 * float32 scalar: K, or E epochs of ⌈n / B⌉ steps, across epochs ⌈E n / B⌉; a full batch is one step an epoch. A client
 * without examples takes none.
 */
export function stepsTaken(
  { unit, count, acrossEpochs }: WalkLength,
  examples: tf.Tensor,
  batchSize: number | 'full',
): tf.Tensor {
  const times = typeof count === 'number' ? tf.scalar(count) : tf.cast(count, 'float32');
  const hasAny = tf.minimum(examples, 1);
  if (unit === 'steps' || batchSize === 'full') return tf.mul(times, hasAny);
  if (acrossEpochs) return tf.ceil(tf.div(tf.mul(times, examples), batchSize));
  return tf.mul(times, tf.ceil(tf.div(examples, batchSize)));
}
