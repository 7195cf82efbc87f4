import { generator, type Seed } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { randomWords } from './random-words.js';

describe('randomWords', () => {
  test('gives the words of the generator of the same seed when asked for any count', () => {
    const seeds: readonly Seed[] = [
      [0, 0],
      [0xffffffff, 0xffffffff],
      [0xa4093822, 0x299f31d0],
    ];
    for (const seed of seeds) {
      const { uint32 } = generator(seed);
      const expected = Uint32Array.from({ length: 1001 }, uint32);
      expect(randomWords(seed, 1001)).toEqual(expected);
    }
  });
});
