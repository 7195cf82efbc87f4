// What a preprocessing function may do with columns that asks nothing of other rows.
import { tf } from '@starling/compute';
import { numberWithin, optionError } from '@starling/federated-core/plan';

/** Where there is no value, `value`. */
export function fillMissing(x: tf.Tensor, value: tf.Tensor | number): tf.Tensor {
  return tf.where(tf.isNaN(x), typeof value === 'number' ? tf.scalar(value) : value, x);
}

/**
 * int32: a place from 0 to `places` − 1 for each text, by its bytes alone: nothing is asked of anyone. Texts of one
 * place are not told apart; a missing text is as an empty one.
 */
export function hashText(text: tf.Tensor, places: number): tf.Tensor {
  numberWithin({ whole: true, from: 1, to: 65_536 })('Cannot hash texts', 'places', places);
  if (text.rank !== 2 || text.dtype !== 'int32') {
    throw optionError(
      `Cannot hash texts: need a column of text, as it is, got ${text.dtype} [${text.shape}]`,
    );
  }
  return spread(text, places);
}

/** A hash of each text, from 0 to `places` − 1. 250 bytes of at most 255 times 32,748 stay below 2^31. */
export function spread(text: tf.Tensor, places: number): tf.Tensor {
  const width = text.shape.at(-1) as number;
  const factors = tf.tensor1d(
    Array.from({ length: width }, (_, at) => 1 + ((at * 7919 + 17) % 32748)),
    'int32',
  );
  return tf.mod(tf.sum(tf.mul(text, tf.expandDims(factors, 0)), 1), tf.scalar(places, 'int32'));
}
