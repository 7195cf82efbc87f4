import { tf } from '@starling/compute';
import { float32, struct, tensor } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import { functionModel } from './function-model.js';

const scale = { scale: tensor('float32', [], Float32Array.of(2)) };
const example = struct({ x: float32() });

describe('functionModel', () => {
  it('gives the losses and measures of its functions', () => {
    const model = functionModel({
      example,
      initialWeights: scale,
      loss: (weights, { x }: { readonly x: tf.Tensor }) => tf.mul(weights.scale, x),
      measures: { twice: (_, { x }) => tf.mul(x, 2) },
    });
    const weights = { scale: tf.scalar(3) };
    const pass = model.forward(weights, { x: tf.tensor1d([1, 2]) }, { training: true });
    expect([...pass.losses.dataSync()]).toEqual([3, 6]);
    expect([...(pass.measures['twice'] as tf.Tensor).dataSync()]).toEqual([2, 4]);
  });

  it('takes the types of its weights from their initial values, and trains all of them', () => {
    const model = functionModel({ example, initialWeights: scale, loss: (_, { x }: { x: tf.Tensor }) => x });
    expect(model.weights).toEqual(struct({ scale: float32() }));
    expect(model.trainable).toEqual(['scale']);
  });

  it('throws when the loss is not one number for each example', () => {
    const model = functionModel({
      name: 'mean',
      example,
      initialWeights: scale,
      loss: (_, { x }: { readonly x: tf.Tensor }) => tf.mean(x),
    });
    expect(() => model.forward({ scale: tf.scalar(1) }, { x: tf.ones([3]) }, { training: true })).toThrow(
      'Cannot train mean: its loss must give one number for each example, shape [batch], got []',
    );
  });
});
