// What the server keeps of the votes for a level of a trie: prefixes that are followed further, and words that end.
import { localComputation, tf } from '@starling/compute';
import { int32, type LocalComputation } from '@starling/federated-core';
import { BYTES, type Trie } from './trie-votes.js';

/** int32 [capacity, bytes] and [capacity]: prefixes that grow, with 1 for those that are some; and words, as well. */
export interface Grown {
  readonly prefixes: tf.Tensor;
  readonly isPrefix: tf.Tensor;
  readonly words: tf.Tensor;
  readonly isWord: tf.Tensor;
  readonly notFollowed: tf.Tensor;
}

/**
 * What the server keeps of a level. Where more prefixes have enough votes than there is room for, it keeps those that
 * come first: by anything that depends on their votes, it would disclose more.
 */
export function keep(trie: Trie, level: number): LocalComputation {
  const { column, threshold, capacity } = trie;
  const { maxBytes } = column;
  const isLast = level === maxBytes - 1;
  const grow = (votes: tf.Tensor, state: Grown): Grown => {
    const size = BYTES * capacity;
    const byPrefix = tf.reshape(tf.transpose(votes, [1, 0]), [size]);
    const enough = tf.cast(tf.greaterEqual(byPrefix, tf.scalar(threshold, 'int32')), 'int32');
    const chosen = firstOf(enough, capacity);
    const prefix = tf.floorDiv(chosen.place, tf.scalar(BYTES, 'int32')) as tf.Tensor1D;
    const byte = tf.mod(chosen.place, tf.scalar(BYTES, 'int32'));
    const own = tf.tensor2d(
      [Array.from({ length: maxBytes }, (_, place) => (place === level ? 1 : 0))],
      [1, maxBytes],
      'int32',
    );
    const grownBy = tf.mul(tf.expandDims(byte, 1), own);
    const prefixes = tf.add(tf.gather(state.prefixes, prefix), grownBy);
    // A text that is shorter than its column goes on with zeros: it ends with the first one.
    const goesOn = isLast ? tf.zerosLike(byte) : tf.cast(tf.greater(byte, tf.scalar(0, 'int32')), 'int32');
    const isEnd = tf.mul(chosen.isThere, tf.sub(tf.scalar(1, 'int32'), goesOn));
    const ended = firstOf(tf.concat([state.isWord, isEnd]), capacity);
    const all = tf.concat([state.words, prefixes]);
    const missed = (there: tf.Tensor): tf.Tensor =>
      tf.maximum(tf.sub(tf.sum(there), tf.scalar(capacity, 'int32')), tf.scalar(0, 'int32'));
    return {
      prefixes,
      isPrefix: tf.mul(chosen.isThere, goesOn),
      words: tf.gather(all, ended.place as tf.Tensor1D),
      isWord: ended.isThere,
      notFollowed: tf.add(
        state.notFollowed,
        tf.add(missed(enough), missed(tf.concat([state.isWord, isEnd]))),
      ),
    };
  };
  if (level === 0) {
    const none = (): Grown => ({
      prefixes: tf.zeros([capacity, maxBytes], 'int32'),
      isPrefix: tf.zeros([capacity], 'int32'),
      words: tf.zeros([capacity, maxBytes], 'int32'),
      isWord: tf.zeros([capacity], 'int32'),
      notFollowed: tf.scalar(0, 'int32'),
    });
    return localComputation({ votes: int32(BYTES, capacity) }, ({ votes }) => ({ ...grow(votes, none()) }), {
      name: 'keep first bytes',
    }) as LocalComputation;
  }
  return localComputation(
    { votes: int32(BYTES, capacity), ...kept(trie) },
    (given) => {
      const { votes, ...before } = given as unknown as Grown & { readonly votes: tf.Tensor };
      return { ...grow(votes, before) };
    },
    { name: `keep byte ${level}` },
  ) as LocalComputation;
}

/** The types of what is kept from level to level. */
export function kept({ column: { maxBytes }, capacity }: Trie) {
  return {
    prefixes: int32(capacity, maxBytes),
    isPrefix: int32(capacity),
    words: int32(capacity, maxBytes),
    isWord: int32(capacity),
    notFollowed: int32(),
  } satisfies Record<keyof Grown, unknown>;
}

/** The places of the first ones, int32 [most], and 1 where there is one. */
function firstOf(
  isThere: tf.Tensor,
  most: number,
): { readonly place: tf.Tensor; readonly isThere: tf.Tensor } {
  const [size] = isThere.shape as [number];
  // Each that is there by how far it is from the end; float32 counts them all.
  const fromEnd = tf.tensor1d(Array.from({ length: size }, (_, place) => size - place));
  const { values, indices } = tf.topk(tf.mul(tf.cast(isThere, 'float32'), fromEnd), most, true);
  return { place: tf.cast(indices, 'int32'), isThere: tf.cast(tf.greater(values, tf.scalar(0)), 'int32') };
}
