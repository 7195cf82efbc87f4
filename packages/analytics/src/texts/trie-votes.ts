// What a client votes for in a trie: the next byte of its words, by the prefix that they begin with.
import { localComputation, random, tf } from '@starling/compute';
import { int32, type LocalComputation } from '@starling/federated-core';
import { columnData, type TextColumn } from '@starling/population';
import { type CapturedColumn, foldValues, type ValueBatch } from '../values/fold-values.js';
import { wordsOf } from '../values/ordered-edges.js';

export const BYTES = 256;

export interface Trie {
  readonly column: TextColumn;
  readonly threshold: number;
  readonly share: number;
  readonly votes: 'one' | 'all';
  readonly capacity: number;
}

/** Of the first bytes: all words begin with nothing. */
export function firstVotes(trie: Trie): LocalComputation {
  return localComputation(
    { data: columnData(trie.column) },
    (argument) => {
      const own = (argument as unknown as { data: CapturedColumn }).data;
      const votes = cast(trie, own, 0, (words) => {
        const start = Array.from({ length: trie.capacity }, (_, place) => (place === 0 ? 1 : 0));
        const [batch] = words.shape;
        return tf.tile(tf.tensor2d([start], [1, trie.capacity], 'int32'), [batch as number, 1]);
      });
      const values = foldValues(own, tf.scalar(0, 'int32'), (state: tf.Tensor, { isValue }) =>
        tf.add(state, tf.sum(isValue)),
      );
      return { votes, clients: tf.minimum(values, tf.scalar(1, 'int32')) };
    },
    { name: 'vote for first bytes' },
  ) as LocalComputation;
}

export function votesAt(trie: Trie, level: number): LocalComputation {
  const { column, capacity } = trie;
  return localComputation(
    {
      data: columnData(column),
      prefixes: int32(capacity, column.maxBytes),
      isPrefix: int32(capacity),
    },
    (argument) => {
      const { data, prefixes, isPrefix } = argument as unknown as {
        readonly data: CapturedColumn;
        readonly prefixes: tf.Tensor;
        readonly isPrefix: tf.Tensor;
      };
      const wanted = wordsOf(prefixes, level);
      const votes = cast(trie, data, level, (words) => {
        const own = wordsOf(words, level);
        // [batch, capacity]: whether all of the first bytes are those of the prefix.
        const differs = tf.notEqual(tf.expandDims(own, 1), tf.expandDims(wanted, 0));
        const same = tf.sub(tf.scalar(1, 'int32'), tf.cast(tf.any(differs, 2), 'int32'));
        return tf.mul(same, tf.reshape(isPrefix, [1, capacity]));
      });
      return { votes };
    },
    { name: `vote for byte ${level}` },
  ) as LocalComputation;
}

/**
 * int32 [256, capacity]: a client's votes for the byte at `level`, by the prefix that its word begins with. `matches`:
 * of words, int32 [batch, bytes], which prefix each has, int32 [batch, capacity].
 */
function cast(
  { column, share, votes, capacity }: Trie,
  own: CapturedColumn,
  level: number,
  matches: (words: tf.Tensor2D) => tf.Tensor,
): tf.Tensor {
  const shape: [number, number] = [BYTES, capacity];
  const isDrawn = tf.cast(random.bernoulli([], share), 'int32');
  const counted = (words: tf.Tensor2D, isVote: tf.Tensor): tf.Tensor => {
    const [batch] = words.shape;
    const byte = tf.slice(words, [0, level], [batch, 1]);
    return tf.scatterND(byte, tf.mul(matches(words), tf.reshape(isVote, [-1, 1])), shape);
  };
  if (votes === 'all') {
    const all = foldValues(own, tf.zeros(shape, 'int32'), (state: tf.Tensor, { value, isValue }) =>
      tf.add(state, counted(value, isValue)),
    );
    return tf.mul(all, isDrawn);
  }
  const { word, isWord } = drawnWord(column, own);
  return tf.mul(counted(word, isWord), isDrawn);
}

/** One word of the client, each as likely as it has rows of it: the one whose clock rings first. */
function drawnWord(
  { maxBytes }: TextColumn,
  own: CapturedColumn,
): { readonly word: tf.Tensor2D; readonly isWord: tf.Tensor } {
  const none = { rings: tf.scalar(NEVER), word: tf.zeros([maxBytes], 'int32') };
  const drawn = foldValues(own, none, (state: typeof none, { value, rows, isValue }: ValueBatch) => {
    const [batch] = value.shape;
    // Exponential clocks: −ln(1 − u) by the rate, which is the number of rows.
    const waits = tf.neg(tf.log1p(tf.neg(random.uniform([batch]))));
    const rate = tf.maximum(tf.cast(rows, 'float32'), tf.scalar(1));
    const rings = tf.where(tf.equal(isValue, tf.scalar(1, 'int32')), tf.div(waits, rate), tf.scalar(NEVER));
    const first = tf.argMin(rings);
    const earliest = tf.min(rings);
    const isEarlier = tf.less(earliest, state.rings);
    return {
      rings: tf.where(isEarlier, earliest, state.rings),
      word: tf.where(isEarlier, tf.reshape(tf.gather(value, first), [maxBytes]), state.word),
    };
  });
  return {
    word: tf.reshape(drawn.word, [1, maxBytes]) as tf.Tensor2D,
    isWord: tf.cast(tf.less(drawn.rings, tf.scalar(NEVER)), 'int32'),
  };
}

/** No clock rings as late. */
const NEVER = 1e30;
