import { tf, tfl } from '@starling/compute';
import { describe, expect, test } from 'vitest';
import { type StandIns, withStandIns } from './layer-stand-ins.js';

const doubling: StandIns = { Activation: (_, x, mask) => tf.mul(tf.mul(x, 2), tf.reshape(mask, [-1, 1])) };
const activation = (inputShape?: number[]): tfl.layers.Layer =>
  tfl.layers.activation({ activation: 'relu', ...(inputShape === undefined ? {} : { inputShape }) });

describe('withStandIns', () => {
  test('calls the stand-in of a class of layer, also in a model within the model', () => {
    const inner = tfl.sequential({ layers: [activation([1])] });
    const model = tfl.sequential({ layers: [inner, activation()] });
    const outputs = withStandIns(
      model,
      doubling,
      tf.tensor1d([1, 0]),
      () => model.apply(tf.tensor2d([[-3], [5]])) as tf.Tensor,
    );
    // Doubled twice, without the relu of the layer; the masked row is 0.
    expect([...outputs.dataSync()].map(Math.abs)).toEqual([12, 0]);
    expect(outputs.dataSync()[0]).toBe(-12);
  });

  test('gives the layer its own call back, also after an error', () => {
    const layer = activation([1]);
    const model = tfl.sequential({ layers: [layer] });
    const own = layer.call;
    expect(() =>
      withStandIns(model, doubling, tf.ones([1]), () => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(layer.call).toBe(own);
  });
});
