import { generator, type Seed } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { permutation } from './permutation.js';

describe('permutation', () => {
  test('gives the permutation of the generator of the same seed when the length is anything', () => {
    for (let n = 0; n < 200; n++) {
      const seed: Seed = [n * 7919, n];
      expect(permutation(seed, n)).toEqual(generator(seed).permutation(n));
    }
    const seed: Seed = [3, 5];
    expect(permutation(seed, 100_000)).toEqual(generator(seed).permutation(100_000));
  });
});
