// What the draws give, compared with the distributions that they are named for.
import { generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { logDirichlet, sharesOf } from './dirichlet.js';
import { distinct } from './distinct.js';
import { logGamma } from './gamma.js';
import { pick } from './pick.js';
import { seededOrder } from './seeded-order.js';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('logGamma', () => {
  test.each([0.2, 0.9, 3])(
    '`logGamma` has the mean and variance of a gamma distribution of shape %d',
    (shape) => {
      // Both are the shape. Of 40,000 draws the mean has the standard deviation √(shape / 40,000).
      const random = generator(seedFrom(1));
      const draws = Array.from({ length: 40_000 }, () => Math.exp(logGamma(shape, random)));
      expect(Math.abs(mean(draws) - shape)).toBeLessThan(5 * Math.sqrt(shape / 40_000));
      // Fourth central moment 3 shape² + 6 shape, so the variance's standard deviation is √((2 shape² + 6 shape) / n).
      const deviation = Math.sqrt((2 * shape ** 2 + 6 * shape) / 40_000);
      expect(Math.abs(mean(draws.map((draw) => (draw - shape) ** 2)) - shape)).toBeLessThan(5 * deviation);
    },
  );

  test('`logGamma` is finite where the draw itself would be 0', () => {
    const random = generator(seedFrom(2));
    for (let draw = 0; draw < 100; draw++) expect(logGamma(1e-6, random)).toBeGreaterThan(-1e9);
  });
});

describe('sharesOf', () => {
  test('`sharesOf` a draw add up to 1, also when each weight by itself would be 0', () => {
    const random = generator(seedFrom(3));
    const shares = sharesOf(logDirichlet([1e-7, 1e-7, 1e-7], random));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(Math.max(...shares)).toBe(1);
  });

  test('`sharesOf` what is left out is 0, and the others keep their proportions', () => {
    // e^0 : e^(ln 3) = 1 : 3.
    const shares = sharesOf([0, 7, Math.log(3)], (index) => index !== 1);
    expect(shares.map((share) => Math.round(share * 1e9) / 1e9)).toEqual([0.25, 0, 0.75]);
    expect(sharesOf([0, 1], () => false)).toEqual([0, 0]);
  });
});

describe('pick', () => {
  test('`pick` draws by weight, and by the fallback when all weights are 0', () => {
    // 1 : 3 in 10,000 draws: 2,500 ± 43; 217 is five standard deviations.
    const random = generator(seedFrom(4));
    const firsts = Array.from({ length: 10_000 }, () => pick([1, 0, 3], [1, 1, 1], random));
    expect(Math.abs(firsts.filter((index) => index === 0).length - 2_500)).toBeLessThan(217);
    expect(firsts).not.toContain(1);
    expect(pick([0, 0], [0, 5], random)).toBe(1);
  });
});

describe('distinct', () => {
  test('`distinct` gives each number once', () => {
    expect([...distinct(100, generator(seedFrom(5)))].sort((a, b) => a - b)).toEqual([
      ...new Array(100).keys(),
    ]);
    expect([...distinct(0, generator(seedFrom(5)))]).toEqual([]);
  });
});

describe('seededOrder', () => {
  test.each([1, 2, 3, 10, 64, 1000])('`seededOrder` of %d is a permutation', (size) => {
    const at = seededOrder(size, seedFrom(6));
    const order = Array.from({ length: size }, (_, place) => at(place));
    expect([...order].sort((a, b) => a - b)).toEqual([...new Array(size).keys()]);
  });

  test('`seededOrder` sends a place to any number equally often, over seeds', () => {
    // 5,000 seeds, 5 numbers: 1,000 ± 28 each; 141 is five standard deviations.
    const counts = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 5_000; seed++) counts[seededOrder(5, seedFrom(seed))(2)]!++;
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(141);
  });

  test('`seededOrder` takes a thousand million in its stride', () => {
    const at = seededOrder(1e9, seedFrom(7));
    const some = Array.from({ length: 1_000 }, (_, place) => at(place));
    expect(new Set(some).size).toBe(1_000);
    expect(Math.max(...some)).toBeLessThan(1e9);
  });
});
