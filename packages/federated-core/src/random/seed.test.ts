import { describe, expect, test } from 'vitest';
import { clientSeed, roundSeed, serverSeed } from '../program/seeds.js';
import { generator } from './generator.js';
import { deriveSeed, seedFrom } from './seed.js';

describe('seedFrom', () => {
  test('`seedFrom` splits a number into two words, lowest first', () => {
    expect(seedFrom(0)).toEqual([0, 0]);
    expect(seedFrom(2 ** 32 + 5)).toEqual([5, 1]);
    expect(seedFrom(Number.MAX_SAFE_INTEGER)).toEqual([0xffffffff, 0x1fffff]);
  });

  test('`seedFrom` says what it got, whatever it is', () => {
    expect(() => seedFrom('7' as never)).toThrow("need a non-negative safe integer, got '7'");
  });

  test('`deriveSeed` and `generator` say how to make a seed of a number', () => {
    for (const draw of [deriveSeed, generator]) {
      expect(() => draw(42 as never)).toThrow('need one, such as seedFrom(1), got 42. Write seedFrom(42)');
      expect(() => draw(undefined as never)).toThrow('need one, such as seedFrom(1), got undefined');
    }
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 53])('`seedFrom` refuses %s', (value) => {
    expect(() => seedFrom(value)).toThrow('need a non-negative safe integer');
  });
});

describe('deriveSeed', () => {
  test('`deriveSeed` gives the same seed for the same path, and another for any other', () => {
    const seed = seedFrom(7);
    const paths: readonly (readonly (string | number)[])[] = [
      [],
      [0],
      [1],
      [2 ** 32],
      ['0'],
      ['a'],
      ['a', 'b'],
      ['b', 'a'],
      ['ab'],
      ['a', 0],
      [0, 'a'],
    ];
    const seeds = paths.map((path) => deriveSeed(seed, ...path).join());
    expect(new Set(seeds).size).toBe(paths.length);
    expect(paths.map((path) => deriveSeed(seed, ...path).join())).toEqual(seeds);
    expect(deriveSeed(seed, 'a', 'b')).toEqual(deriveSeed(deriveSeed(seed, 'a'), 'b'));
  });

  test.each([0.5, Number.NaN, { client: 3 }, null, undefined, 3n, true])(
    '`deriveSeed` refuses %s in a path, which it would split like another',
    (part) => {
      expect(() => deriveSeed(seedFrom(7), 'client', part as never)).toThrow(
        'Cannot derive a seed: its path must be of text and integers',
      );
    },
  );

  test('`deriveSeed` keeps rounds, clients and the server apart', () => {
    const seeds = new Set<string>();
    for (let round = 0; round < 100; round++) {
      const of = roundSeed(seedFrom(1), round);
      seeds.add(serverSeed(of).join());
      for (let client = 0; client < 100; client++) seeds.add(clientSeed(of, `client-${client}`).join());
    }
    // 10,100 of 2^64: a collision by chance has a probability of about 3e-12.
    expect(seeds.size).toBe(10_100);
  });
});
