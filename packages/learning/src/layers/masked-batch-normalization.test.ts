import { tf, tfl } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { withStandIns } from './layer-stand-ins.js';
import { maskedBatchNormalization } from './masked-batch-normalization.js';

const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

const withMaskedNormalization = <T>(model: tfl.LayersModel, mask: tf.Tensor, body: () => T): T =>
  withStandIns(model, { BatchNormalization: maskedBatchNormalization }, mask, body);
const constant = (value: number) => tfl.initializers.constant({ value });

describe('maskedBatchNormalization', () => {
  test('normalises by the mean and variance of the examples alone', () => {
    // Examples 1 and 3: mean 2, variance 1, so −1 and 1; the padding row counts for nothing.
    const layer = tfl.layers.batchNormalization({ inputShape: [1], momentum: 0.5, epsilon: 1e-7 });
    const model = tfl.sequential({ layers: [layer] });
    const batch = tf.tensor2d([[1], [3], [1000]]);
    const outputs = withMaskedNormalization(
      model,
      tf.tensor1d([1, 1, 0]),
      () => model.apply(batch, { training: true }) as tf.Tensor,
    );
    const [first, second] = numbers(outputs);
    expect(first).toBeCloseTo(-1, 4);
    expect(second).toBeCloseTo(1, 4);
    // Averages move half way: the mean from 0 to 1, the variance from 1 to 1.
    const [, , mean, variance] = layer.getWeights();
    expect(numbers(mean as tf.Tensor)[0]).toBeCloseTo(1, 6);
    expect(numbers(variance as tf.Tensor)[0]).toBeCloseTo(1, 6);
  });

  const scaled = { gammaInitializer: constant(1.5), betaInitializer: constant(-0.5) };
  const random = tf.randomNormal([5, 4, 3], 1, 2, 'float32', 7);

  test('gives what the layer itself gives when there is no padding', () => {
    const layer = tfl.layers.batchNormalization({ inputShape: [4, 3], ...scaled });
    const model = tfl.sequential({ layers: [layer] });
    const apply = (): tf.Tensor => model.apply(random, { training: true }) as tf.Tensor;
    const own = numbers(apply());
    for (const [index, value] of numbers(withMaskedNormalization(model, tf.ones([5]), apply)).entries()) {
      expect(value).toBeCloseTo(own[index] as number, 4);
    }
  });

  test('normalises along any axis', () => {
    // Along axis 1 each of 4 channels has the mean β = −0.5 and the variance γ² = 2.25 (less a little for ε).
    const layer = tfl.layers.batchNormalization({ inputShape: [4, 3], axis: 1, ...scaled });
    const model = tfl.sequential({ layers: [layer] });
    const apply = (): tf.Tensor => model.apply(random, { training: true }) as tf.Tensor;
    const { mean, variance } = tf.moments(withMaskedNormalization(model, tf.ones([5]), apply), [0, 2]);
    for (const value of numbers(mean)) expect(value).toBeCloseTo(-0.5, 4);
    for (const value of numbers(variance)) expect(value).toBeCloseTo(2.25, 2);
  });
});
