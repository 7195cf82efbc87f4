import { describe, expect, test } from 'vitest';
import * as tfl from '#tfjs-layers';
import * as tf from './tf.js';

type Options = Partial<Parameters<typeof tfl.layers.conv1d>[0]>;

/** The outputs of a causal convolution of 1 … 5 by the filter [1, 10]. */
function causal(options: Options): { readonly outputs: number[]; readonly shape: tfl.Shape } {
  const model = tfl.sequential();
  model.add(
    tfl.layers.conv1d({
      filters: 1,
      kernelSize: 2,
      padding: 'causal',
      inputShape: [5, 1],
      ...options,
    }),
  );
  model.setWeights([tf.tensor3d([1, 10], [2, 1, 1]), tf.zeros([1])]);
  const outputs = model.apply(tf.tensor3d([1, 2, 3, 4, 5], [1, 5, 1])) as tf.Tensor;
  return { outputs: Array.from(outputs.dataSync()), shape: model.outputShape as tfl.Shape };
}

describe('conv1d with causal padding', () => {
  test('sees its own and earlier inputs', () => {
    // y_t = x_{t−1} + 10 x_t, with x₋₁ = 0.
    expect(causal({})).toEqual({ outputs: [10, 21, 32, 43, 54], shape: [null, 5, 1] });
  });

  test('looks further back where it is dilated', () => {
    // y_t = x_{t−2} + 10 x_t.
    expect(causal({ dilationRate: 2 })).toEqual({ outputs: [10, 20, 31, 42, 53], shape: [null, 5, 1] });
  });

  test('leaves out outputs by its stride, as its shape says', () => {
    expect(causal({ strides: 2 })).toEqual({ outputs: [10, 32, 54], shape: [null, 3, 1] });
  });

  test('leaves other paddings as they are', () => {
    expect(causal({ padding: 'valid' })).toEqual({ outputs: [21, 32, 43, 54], shape: [null, 4, 1] });
  });
});

describe('conv2d that is dilated', () => {
  test.each([
    ['channelsLast', [1, 1, 5, 1]],
    ['channelsFirst', [1, 1, 1, 5]],
  ] as const)('trains, %s', (dataFormat, shape) => {
    const layer = tfl.layers.conv2d({
      filters: 1,
      kernelSize: [1, 2],
      dilationRate: [1, 2],
      activation: 'relu',
      dataFormat,
    });
    layer.build([...shape]);
    layer.setWeights([tf.tensor4d([1, 10], [1, 2, 1, 1]), tf.tensor1d([-40])]);
    const x = tf.tensor4d([1, 2, 3, 4, 5], [...shape]);
    // y_t = x_t + 10 x_{t+2} − 40: −9, 2, 13; below 0 nothing passes, so that dx is that of the last two.
    const { value, grad } = {
      value: layer.apply(x) as tf.Tensor,
      grad: tf.grad((each) => layer.apply(each) as tf.Tensor)(x),
    };
    expect(Array.from(value.dataSync())).toEqual([0, 2, 13]);
    expect(value.shape).toEqual(dataFormat === 'channelsLast' ? [1, 1, 3, 1] : [1, 1, 1, 3]);
    expect(Array.from(grad.dataSync())).toEqual([0, 1, 1, 10, 10]);
  });
});

describe('layer normalisation that neither scales nor centres', () => {
  test('trains', () => {
    // (x − 2) / √(8/3 + 0.001) of [0, 2, 4]; a gradient by what all elements share is 0.
    const layer = tfl.layers.layerNormalization({ scale: false, center: false, inputShape: [3] });
    const normal = (x: tf.Tensor): tf.Tensor => layer.apply(x) as tf.Tensor;
    const x = tf.tensor2d([[0, 2, 4]]);
    const outputs = Array.from(normal(x).dataSync());
    const deviation = Math.sqrt(8 / 3 + 0.001);
    for (const [index, value] of [-2, 0, 2].entries())
      expect(outputs[index]).toBeCloseTo(value / deviation, 5);
    const [shift] = tf
      .grad((by) => tf.sum(tf.square(normal(tf.add(x, by)))))(tf.scalar(0))
      .dataSync();
    expect(shift).toBeCloseTo(0, 5);
    // y₃ = 2s/√(8s²/3 + ε) by the scale s of x, at s = 1: 2ε / (8/3 + ε)^1.5.
    const [stretch] = tf
      .grad((s) => tf.slice(normal(tf.mul(x, s)), [0, 2], [1, 1]))(tf.scalar(1))
      .dataSync();
    expect(stretch).toBeCloseTo((2 * 0.001) / deviation ** 3, 5);
  });
});
