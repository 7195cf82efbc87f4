// Words that many clients have, byte by byte and with differential privacy that comes from drawing and from a threshold
// alone: TrieHH (Zhu, Kairouz, McMahan, Sun, Li, "Federated Heavy Hitters Discovery with Differential Privacy", AISTATS
// 2020, Algorithm 1). At each level some clients are drawn; each votes for the next byte of one of its words, if the
// word begins with a prefix that was kept; and prefixes with enough votes are kept. Two things differ from the paper: a
// client is drawn by itself, with the same probability, rather than one of a fixed number; and of several words it draws
// one at each level, by its rows. The account of privacy is that of this drawing (`trie-privacy.ts`).
import { localComputation, random, tf } from '@starling/compute';
import {
  type ClientsValue,
  federatedBroadcast,
  federatedMap,
  field,
  int32,
  type LocalComputation,
  type SymbolicValue,
} from '@starling/federated-core';
import { checkOptions, count, numberWithin, oneOf, required } from '@starling/federated-core/plan';
import { columnData, readText, type TextColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { type CapturedColumn, foldValues, sumMapped, type ValueBatch } from '../values/fold-values.js';
import { wordsOf } from '../values/ordered-edges.js';
import { trieEpsilon } from './trie-privacy.js';

export interface TrieHeavyHittersOptions extends PrivacyOptions {
  /** Votes that a prefix needs, from 1. */
  readonly threshold: number;
  /** With which probability a client votes at each level; 0.0001 to 1. */
  readonly share: number;
  /** `one`: a client votes for one of its words (default); `all`: for each, which has no ε. */
  readonly votes?: 'one' | 'all';
  /** Prefixes that are followed, and words that are found; 100 by default. */
  readonly capacity?: number;
  /** Of the statement of privacy; 1e-6 by default. */
  readonly delta?: number;
}

export interface TrieHeavyHitters {
  /** In the order of their bytes. How many votes a word had is not said: it would disclose more. */
  readonly words: readonly string[];
  /** Prefixes that had enough votes and found no room; 0, unless `capacity` is too small. */
  readonly notFollowedPrefixes: number;
  /** What the words disclose of one client; null if nothing is promised. */
  readonly privacy: { readonly epsilon: number; readonly delta: number } | null;
}

const BYTES = 256;

/**
 * As many round trips as a text of the column has bytes. What is private is what is found: who adds up the votes sees
 * the sums at each level, and who knows the seed of the run knows who was drawn, so draw it where nobody sees it.
 */
export function trieHeavyHitters(
  column: TextColumn,
  options: TrieHeavyHittersOptions,
): Statistic<TrieHeavyHitters> {
  checkOptions('Cannot find heavy hitters by a trie', options, {
    ...privacyChecks,
    threshold: required(count),
    share: required(numberWithin({ from: 0.0001, to: 1 })),
    votes: oneOf('one', 'all'),
    capacity: count,
    delta: numberWithin({ above: 0, below: 1 }),
  });
  const { threshold, share, votes = 'one', capacity = 100, delta = 1e-6 } = options;
  const trie: Trie = { column, threshold, share, votes, capacity };
  const levels = column.maxBytes;
  const epsilon = votes === 'one' ? trieEpsilon({ share, threshold, levels }, delta) : null;
  return statisticOf({
    name: 'trieHeavyHitters',
    data: columnData(column),
    aggregate: (data) => grown(trie, data),
    finish: ({ words, isWord, notFollowed }) => {
      const bytes = (words as { readonly data: Int32Array }).data;
      const found = [...(isWord as { readonly data: Int32Array }).data].flatMap((one, at) =>
        one === 0 ? [] : [readText(column, bytes.subarray(at * levels, (at + 1) * levels))],
      );
      return {
        words: found.sort((left, right) => Buffer.from(left).compare(Buffer.from(right))),
        notFollowedPrefixes: notFollowed as number,
        privacy: epsilon === null ? null : { epsilon, delta },
      };
    },
    error: { kind: 'exact' },
    privacy: options,
  });
}

interface Trie {
  readonly column: TextColumn;
  readonly threshold: number;
  readonly share: number;
  readonly votes: 'one' | 'all';
  readonly capacity: number;
}

/** int32 [capacity, bytes] and [capacity]: prefixes that grow, with 1 for those that are some; and words, as well. */
interface Grown {
  readonly prefixes: tf.Tensor;
  readonly isPrefix: tf.Tensor;
  readonly words: tf.Tensor;
  readonly isWord: tf.Tensor;
  readonly notFollowed: tf.Tensor;
}

/** Level by level: the votes of the clients, and what the server keeps of them. */
function grown(
  trie: Trie,
  data: ClientsValue,
): Readonly<Record<'words' | 'isWord' | 'notFollowed' | 'clients', SymbolicValue>> {
  const levels = trie.column.maxBytes;
  const first = sumMapped(firstVotes(trie), { data });
  let state = map(keep(trie, 0), { votes: at(first, 'votes') });
  for (let level = 1; level < levels; level++) {
    const told = (name: string): ClientsValue => federatedBroadcast(at(state, name) as never) as never;
    const next = sumMapped(votesAt(trie, level), {
      data,
      prefixes: told('prefixes'),
      isPrefix: told('isPrefix'),
    });
    const before = Object.fromEntries(Object.keys(kept(trie)).map((name) => [name, at(state, name)]));
    state = map(keep(trie, level), { votes: at(next, 'votes'), ...before });
  }
  return {
    words: at(state, 'words'),
    isWord: at(state, 'isWord'),
    notFollowed: at(state, 'notFollowed'),
    clients: at(first, 'clients'),
  };
}

const at = (record: SymbolicValue, name: string): SymbolicValue =>
  field(record as never, name as never) as never;

const map = (work: LocalComputation, values: Readonly<Record<string, unknown>>): SymbolicValue =>
  federatedMap(work as never, values as never) as unknown as SymbolicValue;

/** Of the first bytes: all words begin with nothing. */
function firstVotes(trie: Trie): LocalComputation {
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

function votesAt(trie: Trie, level: number): LocalComputation {
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

/**
 * What the server keeps of a level. Where more prefixes have enough votes than there is room for, it keeps those that
 * come first: by anything that depends on their votes, it would disclose more.
 */
function keep(trie: Trie, level: number): LocalComputation {
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
function kept({ column: { maxBytes }, capacity }: Trie) {
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
