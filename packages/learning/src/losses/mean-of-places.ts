// What a loss or metric gives an example that has labels at several places, as a text has one for each character.
import { tf } from '@starling/compute';

/** [B] as it is; of [B, T, …] the mean over an example's places. */
export function meanOfPlaces(values: tf.Tensor): tf.Tensor {
  return values.rank === 1 ? values : tf.mean(tf.reshape(values, [values.shape[0] as number, -1]), 1);
}
