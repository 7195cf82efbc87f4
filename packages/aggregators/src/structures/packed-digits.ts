// Small whole numbers packed into int32, as part of a local computation: what quantised updates travel as. A word has
// two halves of 16 bits, so that all arithmetic but the last step stays far from the ends of the integers.
import { tf } from '@starling/compute';

/** Bits of a number that is packed. */
export type DigitBits = 1 | 2 | 4 | 8;

const HALF = 2 ** 16;

/** How many int32 words `count` numbers take. */
export function wordsFor(count: number, bits: DigitBits): number {
  return Math.ceil(count / (32 / bits));
}

/** Whole numbers from 0 to 2^bits − 1, int32[count], as int32 words; the last word is filled up by zeros. */
export function packDigits(digits: tf.Tensor, bits: DigitBits): tf.Tensor {
  const words = wordsFor(digits.size, bits);
  const perHalf = 16 / bits;
  const filled = tf.pad(digits, [[0, words * 2 * perHalf - digits.size]]);
  const powers = placesOf(bits);
  const halves = tf.sum(tf.mul(tf.reshape(filled, [words, 2, perHalf]), powers), 2);
  const low = tf.reshape(tf.slice(halves, [0, 0], [words, 1]), [words]);
  const high = tf.reshape(tf.slice(halves, [0, 1], [words, 1]), [words]);
  return tf.add(tf.mul(tf.sub(high, integer(HALF / 2)), integer(HALF)), low);
}

/** The first `count` numbers of words that `packDigits` made. */
export function unpackDigits(words: tf.Tensor, bits: DigitBits, count: number): tf.Tensor {
  const high = tf.floorDiv(words, integer(HALF));
  const low = tf.sub(words, tf.mul(high, integer(HALF)));
  const halves = tf.stack([low, tf.add(high, integer(HALF / 2))], 1);
  const perHalf = 16 / bits;
  const shifted = tf.floorDiv(tf.reshape(halves, [words.size, 2, 1]), placesOf(bits));
  const digits = tf.mod(shifted, integer(2 ** bits));
  return tf.slice(tf.reshape(digits, [words.size * 2 * perHalf]), 0, count);
}

function placesOf(bits: DigitBits): tf.Tensor {
  return tf.tensor1d(
    Array.from({ length: 16 / bits }, (_, place) => 2 ** (bits * place)),
    'int32',
  );
}

function integer(value: number): tf.Tensor {
  return tf.scalar(value, 'int32');
}
