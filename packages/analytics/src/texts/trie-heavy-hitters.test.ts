// TrieHH against the pooled words, where nobody is left out, and by how its votes fall.
import { createOnnxEngine, localRunner } from '@starling/compute';
import { evaluate, type HostValue, seedFrom } from '@starling/federated-core';
import { tablePopulation, tablesOf, textColumn } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { statisticContract } from '../statistic/contract.js';
import { drawText } from '../testing/drawn.js';
import { resultOf } from '../testing/evaluated.js';
import { type TrieHeavyHitters, trieHeavyHitters } from './trie-heavy-hitters.js';

/** The longest text that is drawn has seven bytes. */
const text = textColumn(7);
const everyone = { threshold: 1, share: 1, votes: 'all', capacity: 40 } as const;

// Where everyone votes for all words, and one vote is enough, the words are those of the pooled rows.
statisticContract('trieHeavyHitters', {
  make: (options) => trieHeavyHitters(text, { ...everyone, ...options }),
  columns: [text],
  draw: drawText,
  expected: (rows) => {
    const words = new Set(rows.flatMap(([cell]) => (typeof cell === 'string' ? [cell] : [])));
    return {
      words: [...words].sort((left, right) => Buffer.from(left).compare(Buffer.from(right))),
      notFollowedPrefixes: 0,
      privacy: null,
    };
  },
});

describe('trieHeavyHitters', () => {
  const short = textColumn(3);

  test('finds the words of enough clients, whatever their length', async () => {
    const statistic = trieHeavyHitters(short, { ...everyone, threshold: 2 });
    const { words } = await resultOf(
      statistic,
      short,
      ['', 'a', 'ab', 'abc'],
      ['a', 'abc', 'abd'],
      ['ab', 'x', ''],
    );
    // Of three clients each has 'abd' and 'x' alone.
    expect(words).toEqual(['', 'a', 'ab', 'abc']);
  });

  test('has a client vote for one word at most, and so finds none that nobody shares', async () => {
    const statistic = trieHeavyHitters(short, { threshold: 2, share: 1 });
    // One client with two words that begin alike: one vote at each level, never two.
    expect((await resultOf(statistic, short, ['ab', 'ac'])).words).toEqual([]);
    expect((await resultOf(statistic, short, ['ab'], ['ab'], ['c'])).words).toEqual(['ab']);
  });

  test('says how many prefixes found no room, and follows the first ones', async () => {
    const statistic = trieHeavyHitters(short, { ...everyone, capacity: 2 });
    const { words, notFollowedPrefixes } = await resultOf(statistic, short, ['d', 'b', 'c', 'a']);
    expect(words).toEqual(['a', 'b']);
    expect(notFollowedPrefixes).toBe(2);
  });

  test('draws clients by their share, and words by their rows', async () => {
    const run = localRunner(await createOnnxEngine());
    const one = textColumn(1);
    /** The words that are found of clients with these, one of which a vote is enough for, over four seeds. */
    const found = async (
      share: number,
      clients: readonly (readonly string[])[],
    ): Promise<readonly string[]> => {
      const population = tablePopulation(
        tablesOf({
          columns: { one },
          clients: clients.map((words, at) => ({ id: `${at}`, rows: words.map((word) => ({ one: word })) })),
        }),
      );
      const data = clients.map(async (_, at) => {
        const { columns } = (await population.load(at)) as unknown as {
          readonly columns: readonly HostValue[];
        };
        return columns[0];
      });
      const statistic = trieHeavyHitters(one, { threshold: 1, share, capacity: 256 });
      const all: string[] = [];
      for (const seed of [1, 2, 3, 4]) {
        const value = await evaluate(
          statistic.computation as never,
          { data: await Promise.all(data) } as never,
          { run, seed: seedFrom(seed) },
        );
        all.push(...(statistic.finish(value as HostValue) as TrieHeavyHitters).words);
      }
      return all;
    };
    const word = (place: number): string => String.fromCharCode(1 + place);
    const own = Array.from({ length: 60 }, (_, at) => word(at));
    // 240 draws of 1/4: 60, and a standard deviation of √(240 · 3/16) = 6.7; five of them to each side.
    const drawn = await found(
      0.25,
      own.map((one) => [one]),
    );
    expect(Math.abs(drawn.length - 60)).toBeLessThan(34);
    // Of four rows one has a word of the first kind.
    const first = await found(
      1,
      own.map((one, at) => [one, ...Array(3).fill(word(60 + at))]),
    );
    expect(first).toHaveLength(240);
    expect(Math.abs(first.filter((one) => own.includes(one)).length - 60)).toBeLessThan(34);
  });

  test('states its ε for its δ, and none where all vote', async () => {
    const drawn = trieHeavyHitters(short, { threshold: 10, share: 0.02 });
    expect((await resultOf(drawn, short, ['a'])).privacy).toMatchObject({ delta: 1e-6 });
    const all = trieHeavyHitters(short, { threshold: 10, share: 1 });
    expect((await resultOf(all, short, ['a'])).privacy).toBeNull();
  });
});
