import { float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { kernelGraphOf, localComputation } from '../capture/local-computation.js';
import { random } from '../capture/random.js';
import * as tf from '../tensorflow/tf.js';

describe('drawDropoutDirectly', () => {
  test('draws for tf.dropout the mask itself', () => {
    const local = localComputation({ x: float32(4) }, ({ x }) => tf.dropout(x, 0.25));
    const draws = kernelGraphOf(local).nodes.filter((node) => node.op === 'random');
    expect(draws.map(({ distribution }) => distribution)).toEqual([{ kind: 'bernoulli', probability: 0.75 }]);
  });

  test('leaves uniform numbers that are read elsewhere too', () => {
    const local = localComputation({ x: float32(4) }, () => {
      const u = random.uniform([4]);
      return [tf.floor(tf.add(u, 0.5)), u];
    });
    const draws = kernelGraphOf(local).nodes.filter((node) => node.op === 'random');
    expect(draws.map(({ distribution }) => distribution.kind)).toEqual(['uniform']);
  });
});
