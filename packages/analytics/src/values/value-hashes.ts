// Hashes of values within kernel graphs and on the host, to the same number. int32 has no exclusive or, so that a hash
// is a sum of bytes times factors, modulo a prime, then its square modulo another: of a sum alone, the hashes of values
// that differ in one byte would lie in a row, and the mean of two values would have the mean of their hashes.
import { tf } from '@starling/compute';
import { deriveSeed, generator, seedFrom } from '@starling/federated-core';

export interface ValueHash {
  /** One for each byte. */
  readonly factors: readonly number[];
  readonly offset: number;
  readonly modulus: number;
}

/** The largest prime whose numbers have squares below 2^31. */
const SUM_MODULUS = 46_337;
/** Spreads the squares that are below the prime, of which there are too many small ones. */
const SPREAD = 31_337;
/** A hash is below this prime before its own modulus is taken. */
export const SQUARE_MODULUS = 65_521;

const SEED = seedFrom(0x57a2);

/** A hash of values of `size` bytes to 0 … `modulus` − 1, at most 65,521; another one for each list of names. */
export function valueHash(size: number, modulus: number, ...names: readonly (string | number)[]): ValueHash {
  // So that a sum of size bytes and the offset is below 2^31.
  const bound = Math.min(SUM_MODULUS, Math.floor((2 ** 31 - 1 - SUM_MODULUS) / (255 * size)));
  const random = generator(deriveSeed(SEED, ...names, size, modulus));
  const below = (most: number): number => Math.floor(random.uniform() * most);
  return {
    modulus,
    offset: below(SUM_MODULUS),
    factors: Array.from({ length: size }, () => 1 + below(bound - 1)),
  };
}

/** int32 [batch]: the hash of each value. */
export function hashed(value: tf.Tensor2D, { factors, offset, modulus }: ValueHash): tf.Tensor1D {
  const int = (number: number): tf.Tensor => tf.scalar(number, 'int32');
  const sums = tf.sum(tf.mul(value, tf.tensor2d([factors as number[]], undefined, 'int32')), 1);
  const root = tf.mod(tf.add(sums, int(offset)), int(SUM_MODULUS));
  const square = tf.mod(tf.mul(root, root), int(SQUARE_MODULUS));
  const spread = tf.mod(tf.mul(square, int(SPREAD)), int(SQUARE_MODULUS));
  return (modulus === SQUARE_MODULUS ? spread : tf.mod(spread, int(modulus))) as tf.Tensor1D;
}

/** The hash of one value's bytes. */
export function hashOf(bytes: readonly number[], { factors, offset, modulus }: ValueHash): number {
  const root = bytes.reduce((sum, byte, at) => sum + byte * (factors[at] as number), offset) % SUM_MODULUS;
  return ((((root * root) % SQUARE_MODULUS) * SPREAD) % SQUARE_MODULUS) % modulus;
}
