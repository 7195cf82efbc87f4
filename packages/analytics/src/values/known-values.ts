// Which of a list of known values each value is, within a kernel graph: a cuckoo hash table (Pagh, Rodler, "Cuckoo
// Hashing", 2004) that the server makes. A value can be in two places of it, and is compared there byte by byte.
import { tf } from '@starling/compute';
import { hashed, hashOf, type ValueHash, valueHash } from './value-hashes.js';

export interface KnownValues {
  /** The bytes of each. */
  readonly bytes: readonly (readonly number[])[];
  readonly size: number;
  readonly hashes: readonly [ValueHash, ValueHash];
  /** By hash and place, which value stands there; their number where none does. */
  readonly slots: readonly [Int32Array, Int32Array];
}

const MAX_TRIES = 200;

/** Values must differ. */
export function knownValues(size: number, bytes: readonly (readonly number[])[]): KnownValues {
  const slotCount = Math.max(5, Math.ceil(bytes.length * 1.3) | 1);
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const hashes = [0, 1].map((one) => valueHash(size, slotCount, 'cuckoo', attempt, one)) as [
      ValueHash,
      ValueHash,
    ];
    const slots = settle(bytes, hashes, slotCount);
    if (slots !== null) return { bytes, size, hashes, slots };
  }
  throw new RangeError(
    `Cannot make a table of known values: need different ones, got ${bytes.length} that do not fit`,
  );
}

/** Puts each value to one of its places, and moves on whatever stands there; null if that does not end. */
function settle(
  bytes: readonly (readonly number[])[],
  hashes: readonly [ValueHash, ValueHash],
  slotCount: number,
): readonly [Int32Array, Int32Array] | null {
  const none = bytes.length;
  const slots = [new Int32Array(slotCount).fill(none), new Int32Array(slotCount).fill(none)] as const;
  for (let first = 0; first < bytes.length; first++) {
    let value = first;
    let side = 0;
    for (let moves = 0; value !== none; moves++) {
      if (moves > 100 + bytes.length) return null;
      const table = slots[side as 0 | 1];
      const place = hashOf(bytes[value] as readonly number[], hashes[side as 0 | 1]);
      const displaced = table[place] as number;
      table[place] = value;
      value = displaced;
      side = 1 - side;
    }
  }
  return slots;
}

/** int32 [batch]: the place of each value in the list, or the list's length for one that is not in it. */
export function placeIn(known: KnownValues, value: tf.Tensor2D): tf.Tensor1D {
  const { bytes, size, hashes, slots } = known;
  const none = bytes.length;
  const table = tf.tensor2d(
    [...bytes.map((one) => [...one]), Array<number>(size).fill(0)],
    [none + 1, size],
    'int32',
  );
  const [first, second] = hashes.map((hash, side) => {
    const candidate = tf.gather(tf.tensor1d(slots[side as 0 | 1], 'int32'), hashed(value, hash));
    const isSame = tf.all(tf.equal(tf.gather(table, candidate as tf.Tensor1D), value), 1);
    return tf.where(isSame, candidate, tf.onesLike(candidate).mul(tf.scalar(none, 'int32')));
  }) as [tf.Tensor, tf.Tensor];
  return tf.minimum(first, second) as tf.Tensor1D;
}
