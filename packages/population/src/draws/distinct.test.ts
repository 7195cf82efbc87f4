import { generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { distinct, firstDistinct } from './distinct.js';

describe('firstDistinct', () => {
  // Below an eighth of the size, and from there on, it keeps its places in other ways.
  test.each([
    [1000, 0],
    [1000, 124],
    [1000, 125],
    [1000, 1000],
    [2 ** 25, 7],
    [1, 1],
  ])('`firstDistinct` of %i gives the first %i numbers that `distinct` gives', (size, count) => {
    const numbers = distinct(size, generator(seedFrom(3)));
    const expected = Array.from({ length: count }, () => numbers.next().value);
    expect(firstDistinct(size, count, generator(seedFrom(3)))).toEqual(expected);
  });
});
