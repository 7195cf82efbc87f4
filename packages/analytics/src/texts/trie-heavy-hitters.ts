// Words that many clients have, byte by byte and with differential privacy that comes from drawing and from a threshold
// alone: TrieHH (Zhu, Kairouz, McMahan, Sun, Li, "Federated Heavy Hitters Discovery with Differential Privacy", AISTATS
// 2020, Algorithm 1). At each level some clients are drawn; each votes for the next byte of one of its words, if the
// word begins with a prefix that was kept; and prefixes with enough votes are kept. Two things differ from the paper: a
// client is drawn by itself, with the same probability, rather than one of a fixed number; and of several words it
// draws one at each level, by its rows. The account of privacy is that of this drawing (`trie-privacy.ts`).
import {
  type ClientsValue,
  federatedBroadcast,
  federatedMap,
  field,
  type LocalComputation,
  type SymbolicValue,
} from '@starling/federated-core';
import { checkOptions, count, numberWithin, oneOf, required } from '@starling/federated-core/plan';
import { columnData, readText, type TextColumn } from '@starling/population';
import { type PrivacyOptions, privacyChecks, type Statistic, statisticOf } from '../statistic/statistic.js';
import { sumMapped } from '../values/fold-values.js';
import { keep, kept } from './trie-kept.js';
import { trieEpsilon } from './trie-privacy.js';
import { firstVotes, type Trie, votesAt } from './trie-votes.js';

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
