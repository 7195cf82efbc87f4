// The loops over all updates, against plain definitions on random rows.
import { describe, expect, test } from 'vitest';
import { meanWithoutEnds } from '../intrinsics/robust/without-ends.js';
import { generator } from '../random/generator.js';
import { seedFrom } from '../random/seed.js';
import { distancesOf } from './distances.js';
import { geometricMedianOf } from './geometric-median.js';
import { middlesOf } from './middles.js';
import { pulledIn } from './pulled-in.js';
import { COORDINATES_A_CHUNK, chunksOf, plainRows } from './row-kernels.js';

/** Normal numbers, some of them equal: `n` rows of a length. */
function drawn(n: number, length: number, seed: number): Float32Array[] {
  const random = generator(seedFrom(seed));
  return Array.from({ length: n }, () =>
    Float32Array.from({ length }, () =>
      random.uniform() < 0.2 ? Math.round(random.normal()) : random.normal(),
    ),
  );
}

describe('middlesOf', () => {
  test.each([1, 2, 3, 4, 5, 10, 33])('agrees with sorted columns of %d rows, for any trim', (n) => {
    const rows = drawn(n, 150, n);
    for (let trim = 0; 2 * trim < n; trim++) {
      const target = new Float64Array(150);
      middlesOf(rows, trim, target, 0, 150);
      expect([...target]).toEqual(
        meanWithoutEnds(
          rows.map((row) => [...row]),
          trim,
        ),
      );
    }
  });

  test('writes the coordinates that it is asked for alone', () => {
    const target = new Float32Array(4);
    middlesOf([Float32Array.of(1, 2, 3, 4)], 0, target, 1, 3);
    expect([...target]).toEqual([0, 2, 3, 0]);
  });
});

describe('distancesOf', () => {
  test.each([2, 3, 5, 8])('gives the squared distances of %d rows', (n) => {
    const rows = drawn(n, 700, n);
    const found = distancesOf(rows, 0, 700);
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const expected = rows[i]!.reduce((sum, x, at) => sum + (x - rows[j]![at]!) ** 2, 0);
        expect(found[i * n + j]! / expected).toBeCloseTo(1, 12);
      }
    }
  });

  test('is exactly 0 between equal rows', () => {
    const [row] = drawn(1, 300, 4);
    expect(distancesOf([row!, row!.slice()], 0, 300)[1]).toBe(0);
  });
});

describe('plainRows', () => {
  test('adds up distances chunk by chunk', () => {
    const length = COORDINATES_A_CHUNK + 3;
    const rows = [new Float32Array(length).fill(1), new Float32Array(length).fill(3)];
    const distances = new Float64Array(4);
    plainRows.distances(rows, distances);
    // (3 − 1)² for each coordinate.
    expect([...distances]).toEqual([0, 4 * length, 0, 0]);
    expect(chunksOf(length)).toEqual([
      [0, COORDINATES_A_CHUNK],
      [COORDINATES_A_CHUNK, length],
    ]);
  });
});

describe('geometricMedianOf', () => {
  test('finds what Weiszfeld’s steps on the points themselves find', () => {
    const [n, length] = [9, 6];
    const points = drawn(n, length, 11).map((row) => [...row]);
    const weights = points.map((_, index) => 1 + (index % 3));
    const coefficients = geometricMedianOf(
      distancesOf(
        points.map((p) => Float64Array.from(p)),
        0,
        length,
      ),
      weights,
      1e-9,
    );
    // From the mean, as the points: v ← Σ w x / |v − x| / Σ w / |v − x|.
    let v = points[0]!.map((_, at) => points.reduce((sum, p) => sum + p[at]!, 0) / n);
    for (let step = 0; step < 2000; step++) {
      const pulls = points.map((p, i) => weights[i]! / Math.hypot(...p.map((x, at) => x - v[at]!)));
      const total = pulls.reduce((sum, pull) => sum + pull, 0);
      v = v.map((_, at) => points.reduce((sum, p, i) => sum + pulls[i]! * p[at]!, 0) / total);
    }
    v.forEach((expected, at) => {
      const found = points.reduce((sum, p, i) => sum + coefficients[i]! * p[at]!, 0);
      expect(Math.abs(found - expected)).toBeLessThan(1e-9);
    });
  });
});

describe('pulledIn', () => {
  const line = (...points: number[]): Float32Array[] => points.map((x) => Float32Array.of(x));
  const pulled = (points: readonly Float32Array[], weights = points.map(() => 1)) => {
    const leaves = [points];
    const found = pulledIn(leaves, distancesOf(points, 0, points[0]!.length), weights, 1e-6);
    return { isSame: found === leaves, points: found[0]! };
  };

  test('brings a far point to a million times the spread, in its direction', () => {
    // Within 2 of 1 there are three of four points; 0 and 3 have three within 3.
    const { points } = pulled(line(0, 1, 3, -1e9));
    expect(points.slice(0, 3)).toEqual(line(0, 1, 3));
    expect(points[3]![0]! / (1 - 2e6)).toBeCloseTo(1, 12);
  });

  test('leaves rows as they are, when none is far', () => {
    expect(pulled(line(0, 1, 3, 1e5)).isSame).toBe(true);
    expect(pulled(line(5)).isSame).toBe(true);
    // Two have more than half of the weights only together: their spread is the distance between them.
    expect(pulled(line(0, 0, 1e30, 1e30)).isSame).toBe(true);
  });

  test('goes by weights', () => {
    // 1e9 has three of five: the others are far from it. It has spread 0, so that 1e-6 is what counts.
    const { points } = pulled(line(0, 0, 1e9), [1, 1, 3]);
    expect(points.map(([x]) => x! - 1e9)).toEqual([-1, -1, 0]);
  });

  test('keeps far rows in shared memory', () => {
    const rows = line(0, 1, 3).concat(new Float32Array(new SharedArrayBuffer(4)).fill(1e30));
    expect(pulled(rows).points[3]!.buffer).toBeInstanceOf(SharedArrayBuffer);
  });
});
