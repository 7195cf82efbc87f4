import { tfl } from '@starling/compute';
import { generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Initializer } from './deferred-weights.js';
import { initialValues } from './initial-values.js';

const { initializers } = tfl;
const drawn = (initializer: Initializer, shape: readonly number[], seed = 1): Float32Array =>
  initialValues(initializer, shape, generator(seedFrom(seed)));

/** Mean and standard deviation. */
function moments(values: Float32Array): { readonly mean: number; readonly stddev: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, stddev: Math.sqrt(variance) };
}

describe('initialValues', () => {
  test('draws uniform numbers of the variance that the fans ask for', () => {
    // Glorot, 300 in and 100 out: limit √(3 / 200) = 0.1225, standard deviation √(1 / 200) = 0.0707. The 30,000
    // draws put the standard deviation off by about 0.3 %.
    const values = drawn(initializers.glorotUniform({}), [300, 100]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(0.1225);
    expect(Math.abs(moments(values).stddev / Math.sqrt(1 / 200) - 1)).toBeLessThan(0.02);
  });

  test('counts the places of a kernel in its fans', () => {
    // He, kernel 5 × 5 of 8 channels in: variance 2 / 200, normal cut at two standard deviations, which leaves 0.8796
    // of the standard deviation.
    const values = drawn(initializers.heNormal({}), [5, 5, 8, 100]);
    const stddev = Math.sqrt(2 / 200);
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(2 * stddev + 1e-6);
    expect(Math.abs(moments(values).stddev / (0.8796 * stddev) - 1)).toBeLessThan(0.03);
  });

  test('draws normal numbers of the given mean', () => {
    const { mean, stddev } = moments(drawn(initializers.randomNormal({ mean: 3, stddev: 0.5 }), [100, 100]));
    expect(Math.abs(mean - 3)).toBeLessThan(0.025);
    expect(Math.abs(stddev - 0.5)).toBeLessThan(0.02);
  });

  test('draws an orthogonal matrix times its gain, at once for the sizes of recurrent layers', () => {
    const values = drawn(initializers.orthogonal({ gain: 2, seed: null as never }), [256, 1024]);
    const row = values.subarray(0, 1024);
    expect(row.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(4, 4);
  });

  test('gives the same numbers for the same seed, others for another', () => {
    const initializer = initializers.glorotNormal({});
    expect(drawn(initializer, [4, 4], 5)).toEqual(drawn(initializer, [4, 4], 5));
    expect(drawn(initializer, [4, 4], 5)).not.toEqual(drawn(initializer, [4, 4], 6));
  });

  test('asks an initializer that does not draw, or has a seed of its own, itself', () => {
    expect([...drawn(initializers.constant({ value: 3 }), [2])]).toEqual([3, 3]);
    expect([...drawn(initializers.identity({ gain: 2 }), [2, 2])]).toEqual([2, 0, 0, 2]);
    const own = initializers.randomUniform({ minval: 0, maxval: 1, seed: 7 });
    expect(drawn(own, [3], 1)).toEqual(drawn(own, [3], 2));
    expect([...drawn(own, [3])]).toEqual([...own.apply([3]).dataSync()]);
  });
});
