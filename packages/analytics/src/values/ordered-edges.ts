// Numbers against edges, within a kernel graph and to the bit: both as ordered bytes, three of which are one whole
// number that float32 holds.
import { tf } from '@starling/compute';
import type { NumberColumn } from '@starling/population';
import { type Edge, orderedBytes } from './ordered-bytes.js';

/** Bytes in one word: 2^24 is the last whole number that float32 counts to. */
const WORD_BYTES = 3;

/** float32 [batch, words]: the first `used` bytes of each value, all by default, as words in the order of the bytes. */
export function wordsOf(value: tf.Tensor, used: number = value.shape[1] as number): tf.Tensor2D {
  const size = value.shape[1] as number;
  const words = Math.ceil(size / WORD_BYTES);
  const places = Array.from({ length: size }, (_, byte) =>
    Array.from({ length: words }, (_, word) =>
      byte < used && Math.floor(byte / WORD_BYTES) === word
        ? 256 ** (WORD_BYTES - 1 - (byte % WORD_BYTES))
        : 0,
    ),
  );
  return tf.matMul(tf.cast(value, 'float32') as tf.Tensor2D, tf.tensor2d(places));
}

/**
 * int32 [batch]: how many of the edges, which ascend, are at or below each value. NaN is above all. A search by halves:
 * as many steps as the number of edges has bits.
 */
export function edgesBelow(column: NumberColumn, value: tf.Tensor2D, edges: readonly Edge[]): tf.Tensor1D {
  const words = wordsOf(value);
  const [batch, width] = words.shape;
  const steps = Math.ceil(Math.log2(edges.length + 1));
  const size = 2 ** steps - 1;
  const bytes = edges.map((edge) => orderedBytes(column, edge));
  const known = wordValues(bytes);
  // Filled up with edges that nothing reaches.
  const table = tf.tensor2d(
    Array.from({ length: size }, (_, at) => known[at] ?? Array<number>(width).fill(2 ** 25)),
    [size, width],
  );
  let below = tf.zeros([batch], 'int32') as tf.Tensor;
  for (let step = 2 ** (steps - 1); step >= 1; step /= 2) {
    const edge = tf.gather(table, tf.add(below, tf.scalar(step - 1, 'int32')) as tf.Tensor1D) as tf.Tensor2D;
    const reaches = tf.cast(isAtLeast(words, edge), 'int32');
    below = tf.add(below, tf.mul(reaches, tf.scalar(step, 'int32')));
  }
  return below as tf.Tensor1D;
}

/** Whether each row of words is at least the other one. */
function isAtLeast(left: tf.Tensor2D, right: tf.Tensor2D): tf.Tensor {
  const [batch, width] = left.shape;
  const word = (of: tf.Tensor2D, at: number): tf.Tensor =>
    tf.reshape(tf.slice(of, [0, at], [batch, 1]), [batch]);
  let result = tf.greaterEqual(word(left, width - 1), word(right, width - 1));
  for (let at = width - 2; at >= 0; at--) {
    const [one, other] = [word(left, at), word(right, at)];
    result = tf.logicalOr(tf.greater(one, other), tf.logicalAnd(tf.equal(one, other), result));
  }
  return result;
}

/** The words of bytes that are known. */
function wordValues(values: readonly (readonly number[])[]): number[][] {
  return values.map((bytes) =>
    Array.from({ length: Math.ceil(bytes.length / WORD_BYTES) }, (_, word) => {
      let value = 0;
      for (let byte = 0; byte < WORD_BYTES; byte++)
        value = value * 256 + (bytes[word * WORD_BYTES + byte] ?? 0);
      return value;
    }),
  );
}
