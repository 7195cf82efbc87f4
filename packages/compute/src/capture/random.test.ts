import { float32, type LocalComputation, type Seed, sequence } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import * as tf from '../tensorflow/tf.js';
import { ENGINES, runLocal } from '../testing/engines.js';
import { floats } from '../testing/graphs.js';
import { localComputation } from './local-computation.js';
import { random } from './random.js';
import { sequenceReduce } from './sequences/sequence-reduce.js';

const SIZE = 4096;

describe('random', () => {
  const local = localComputation(null, () => ({
    uniform: random.uniform([SIZE], -1, 3),
    normal: random.normal([SIZE], 5, 2),
    bernoulli: random.bernoulli([SIZE], 0.25),
    dropout: random.dropout(tf.ones([SIZE]), 0.75),
    layer: tf.dropout(tf.ones([SIZE]), 0.75),
  })) as LocalComputation;
  const drawWith = (seed: Seed, [, makeEngine]: (typeof ENGINES)[number] = ENGINES[0]) =>
    runLocal(makeEngine, local, [], seed);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  test('draws the same from the same seed on every engine, and other numbers from another', async () => {
    const first = await drawWith([1, 2]);
    expect(await drawWith([1, 2], ENGINES[1])).toEqual(first);
    const other = await drawWith([1, 3]);
    for (const [index, values] of first.entries()) expect(other[index]).not.toEqual(values);
  });

  test('draws from the distributions it names', async () => {
    const [uniform = [], normal = [], bernoulli = [], dropout = [], layer = []] = await drawWith([7, 8]);
    // Four standard errors of a mean of 4,096 draws: 4 σ / 64.
    expect(Math.abs(mean(uniform) - 1)).toBeLessThan((4 * (4 / Math.sqrt(12))) / 64);
    expect(uniform.every((value) => value >= -1 && value < 3)).toBe(true);
    expect(Math.abs(mean(normal) - 5)).toBeLessThan((4 * 2) / 64);
    const variance = mean(normal.map((value) => (value - 5) ** 2));
    // The variance of a sample variance is 2 σ⁴ / n.
    expect(Math.abs(variance - 4)).toBeLessThan(4 * Math.sqrt((2 * 16) / SIZE));
    for (const draws of [bernoulli, dropout.map((value) => value / 4), layer.map((value) => value / 4)]) {
      expect(new Set(draws)).toEqual(new Set([0, 1]));
      expect(Math.abs(mean(draws) - 0.25)).toBeLessThan((4 * Math.sqrt(0.25 * 0.75)) / 64);
    }
  });

  test('draws anew at each step of a reduction', async () => {
    const walk = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data, { first: tf.scalar(-1), last: tf.scalar(-1) }, ({ last }) => ({
        first: last,
        last: random.uniform([]),
      })),
    ) as LocalComputation;
    for (const [, makeEngine] of ENGINES) {
      const [[before], [after]] = (await runLocal(makeEngine, walk, [floats([0, 0])])) as [
        [number],
        [number],
      ];
      expect(before).toBeGreaterThanOrEqual(0);
      expect(after).not.toBe(before);
    }
  });

  test.each<[string, () => tf.Tensor]>([
    ['low above high', () => random.uniform([1], 2, 1)],
    ['a negative stddev', () => random.normal([1], 0, -1)],
    ['a probability above 1', () => random.bernoulli([1], 1.5)],
    ['a rate of 1', () => random.dropout(tf.ones([1]), 1)],
  ])('refuses %s', (_, body) => {
    expect(() => localComputation(null, body)).toThrow(RangeError);
  });

  test('cannot be used outside of a body', () => {
    expect(() => random.uniform([1])).toThrow('no local computation is being captured');
  });
});
