import { seedFrom } from '@starling/federated-core';
import { roundSeed } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { attemptSeed, backOff, drawPresent } from './attempt.js';

const seed = seedFrom(3);

describe('attempts', () => {
  test('`attemptSeed` is the seed of the round at the first attempt, and another at each further one', () => {
    expect(attemptSeed(seed, 4, 1)).toEqual(roundSeed(seed, 4));
    const seeds = [1, 2, 3].map((attempt) => attemptSeed(seed, 4, attempt).join());
    expect(new Set(seeds).size).toBe(3);
  });

  test('`drawPresent` draws the same clients whatever their order, and others for another attempt', () => {
    const id = { round: 2, attempt: 1 };
    const drawn = drawPresent([5, 1, 9, 7, 3], 3, seed, id);
    expect(drawPresent(new Set([9, 7, 5, 3, 1]), 3, seed, id)).toEqual(drawn);
    expect(new Set(drawn).size).toBe(3);
    const others = Array.from({ length: 20 }, (_, attempt) =>
      drawPresent([5, 1, 9, 7, 3], 3, seed, { round: 2, attempt }).join(),
    );
    expect(new Set(others).size).toBeGreaterThan(5);
    expect([...drawPresent([2, 1], 3, seed, id)].sort()).toEqual([1, 2]);
  });

  test('`backOff` doubles up to its limit', () => {
    expect([1, 2, 3, 4, 5].map((number) => backOff(100, 1000, number))).toEqual([100, 200, 400, 800, 1000]);
  });
});
