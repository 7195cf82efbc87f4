import { generator, type Seed } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { bernoulliLanes, draw } from './draw.js';

const seed: Seed = [17, 4];

function wordsOf(count: number): number[] {
  const { uint32 } = generator(seed);
  return Array.from({ length: count }, uint32);
}

/** The specification, word for word: lanes of b bits, lowest first, below p · 2ᵇ. */
function bernoulliBySpecification(bits: number, threshold: number, size: number): number[] {
  const words = wordsOf(Math.ceil((size * bits) / 32));
  return Array.from({ length: size }, (_, i) => {
    const bit = i * bits;
    const word = words[Math.floor(bit / 32)] as number;
    return Math.floor(word / 2 ** (bit % 32)) % 2 ** bits < threshold ? 1 : 0;
  });
}

describe('draw', () => {
  test('gives 24-bit uniform numbers when asked for a range', () => {
    const expected = wordsOf(5).map((word) => Math.fround(-1 + 3 * (Math.floor(word / 256) / 2 ** 24)));
    const { data, dtype, shape } = draw({ kind: 'uniform', low: -1, high: 2 }, [5], seed);
    expect([dtype, shape, [...data]]).toEqual(['float32', [5], expected]);
  });

  // Floats from 2^24 on are 2 apart, and 16777217 lies half way: ties go to the even mantissa, which may be above.
  test.each([
    [16777216, 16777218, [16777216]],
    [16777218, 16777222, [16777218, 16777220]],
    [-16777218, -16777216, [-16777218]],
  ])('gives uniform numbers below the upper end alone from %d to %d', (low, high, within) => {
    const { data } = draw({ kind: 'uniform', low, high }, [256], seed);
    expect([...new Set(data)].sort((a, b) => a - b)).toEqual(within);
  });

  test('gives no uniform number below the lower end, or above one that is no float32', () => {
    // The floats there are 16777218 and 16777220; 16777216.5 is nearest to 16777216.
    const { data } = draw({ kind: 'uniform', low: 16777216.5, high: 16777220.5 }, [256], seed);
    expect([...new Set(data)].sort((a, b) => a - b)).toEqual([16777218, 16777220]);
    expect(() => draw({ kind: 'uniform', low: 16777216.5, high: 16777217.5 }, [1], seed)).toThrow(
      'a float32 must lie in [low, high), got 16777216.5 and 16777217.5',
    );
  });

  test('gives pairs of normal numbers by Box and Muller when asked for an odd count', () => {
    const [a, b, c, d] = wordsOf(4) as [number, number, number, number];
    const radius = (word: number): number => Math.sqrt(-2 * Math.log((word + 1) / 2 ** 32));
    const angle = (word: number): number => (2 * Math.PI * word) / 2 ** 32;
    const expected = [
      5 + 2 * radius(a) * Math.cos(angle(b)),
      5 + 2 * radius(a) * Math.sin(angle(b)),
      5 + 2 * radius(c) * Math.cos(angle(d)),
    ];
    const { data } = draw({ kind: 'normal', mean: 5, stddev: 2 }, [3], seed);
    expected.forEach((number, i) => {
      expect(data[i]).toBeCloseTo(number, 5);
    });
  });

  // p · 2ᵇ is an integer first at: 1/2 → 1 bit, 3/4 → 2, 5/16 → 4, 255/256 → 8; 0.1 is rounded at 16 bits:
  // 0.1 · 65536 = 6553.6 → 6554.
  test.each([
    [0.5, 1, 1],
    [0.75, 2, 3],
    [0.3125, 4, 5],
    [255 / 256, 8, 255],
    [0.1, 16, 6554],
  ])('cuts words into the narrowest exact lanes when p is %d', (probability, bits, threshold) => {
    expect(bernoulliLanes(probability)).toEqual({ bits, threshold });
    const { data, dtype } = draw({ kind: 'bernoulli', probability }, [7, 11], seed);
    expect(dtype).toBe('uint8');
    expect([...data]).toEqual(bernoulliBySpecification(bits, threshold, 77));
  });

  test('gives only zeros when p is 0 and only ones when p is 1', () => {
    expect(new Set(draw({ kind: 'bernoulli', probability: 0 }, [100], seed).data)).toEqual(new Set([0]));
    expect(new Set(draw({ kind: 'bernoulli', probability: 1 }, [100], seed).data)).toEqual(new Set([1]));
  });

  test('throws when p is not a probability', () => {
    expect(() => draw({ kind: 'bernoulli', probability: 1.5 }, [1], seed)).toThrow(
      'a probability must be from 0 to 1, got 1.5',
    );
  });
});
