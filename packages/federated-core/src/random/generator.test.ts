import { describe, expect, test } from 'vitest';
import { type Generator, generator } from './generator.js';
import { philox4x32 } from './philox.js';
import { seedFrom } from './seed.js';

const draws = 20_000;
const sample = (draw: (source: Generator) => number): readonly number[] => {
  const source = generator(seedFrom(5));
  return Array.from({ length: draws }, () => draw(source));
};
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('generator', () => {
  test('`generator` walks the blocks of its seed’s stream in order', () => {
    const source = generator([3, 4]);
    const words = Array.from({ length: 8 }, () => source.uint32());
    expect(words).toEqual([...philox4x32([0, 0, 0, 0], [3, 4]), ...philox4x32([1, 0, 0, 0], [3, 4])]);
  });

  test('`uniform` is in [0, 1), with the mean and variance of that interval', () => {
    const values = sample((source) => source.uniform());
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    // The mean's standard deviation is √(1/12 / 20,000) ≈ 0.002; five of them is 0.01.
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(0.01);
    expect(Math.abs(mean(values.map((value) => (value - 1 / 2) ** 2)) - 1 / 12)).toBeLessThan(0.005);
  });

  test('`normal` has mean 0, variance 1 and the fourth moment 3', () => {
    const values = sample((source) => source.normal());
    // Standard deviations of the estimates: 1/√n ≈ 0.007, √2/√n ≈ 0.01, √96/√n ≈ 0.07.
    expect(Math.abs(mean(values))).toBeLessThan(0.035);
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.05);
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.35);
  });

  test('`below` draws each number of its range equally often', () => {
    const counts = [0, 0, 0, 0, 0, 0, 0];
    for (const value of sample((source) => source.below(7))) counts[value]!++;
    // 20,000 / 7 ≈ 2,857 each, with a standard deviation of √(20,000 · 1/7 · 6/7) ≈ 49.5; five of them is 248.
    for (const count of counts) expect(Math.abs(count - draws / 7)).toBeLessThan(248);
    expect(generator([0, 0]).below(1)).toBe(0);
    expect(() => generator([0, 0]).below(0)).toThrow('the bound must be from 1 to 2^32, got 0');
    expect(() => generator([0, 0]).below(2 ** 32 + 1)).toThrow('the bound must be from 1 to 2^32');
  });

  test('`permutation` gives every order of three equally often', () => {
    const counts = new Map<string, number>();
    const source = generator(seedFrom(9));
    for (let draw = 0; draw < 6000; draw++) {
      const order = source.permutation(3).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    // 1,000 each, with a standard deviation of √(6,000 · 1/6 · 5/6) ≈ 28.9; five of them is 144.
    expect([...counts.keys()].sort()).toEqual(['012', '021', '102', '120', '201', '210']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(144);
    expect([...source.permutation(0)]).toEqual([]);
  });
});
