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

/**
 * A hash of each text, from 0 to `places` − 1. Two sums of its bytes, each by factors of its own, are taken modulo P,
 * cubed, and become the two digits of a number below P², so that no divisor of `places` meets one of the factors. The
 * cube is one-to-one modulo P, since 3 does not divide P − 1. All of it stays below 2³¹: 250 bytes of at most 255 times
 * 32,748, and products of two numbers below P.
 */
export function spread(text: tf.Tensor, places: number): tf.Tensor {
  const p = tf.scalar(P, 'int32');
  const [high, low] = BASES.map((base) => {
    const factors = tf.tensor1d(powers(base, text.shape.at(-1) as number), 'int32');
    const sum = tf.mod(tf.sum(tf.mul(text, tf.expandDims(factors, 0)), 1), p);
    return tf.mod(tf.mul(tf.mod(tf.mul(sum, sum), p), sum), p);
  }) as [tf.Tensor, tf.Tensor];
  return tf.mod(tf.add(tf.mul(high, p), low), tf.scalar(places, 'int32'));
}

/** The largest prime whose square is below 2³¹ and that a cube permutes: 46,337 = 2⁸ · 181 + 1. */
const P = 46_337;
/** The prime below which factors are. */
const FACTORS_BELOW = 32_749;
const BASES = [219, 1193] as const;

/** base, base², … modulo a prime. */
function powers(base: number, count: number): number[] {
  const all = [base];
  while (all.length < count) all.push(((all.at(-1) as number) * base) % FACTORS_BELOW);
  return all;
}
