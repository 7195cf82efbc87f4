import { tf } from '@starling/compute';
import { float32, struct, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { modelContract } from './contract.js';
import { functionModel } from './function-model.js';

const scale = { scale: tensor('float32', [], Float32Array.of(2)) };
const example = struct({ x: float32() });

describe('functionModel', () => {
  test('gives the losses and metrics of its functions', () => {
    const model = functionModel({
      example,
      initialWeights: scale,
      loss: (weights, { x }: { readonly x: tf.Tensor }) => tf.mul(weights.scale, x),
      metrics: { twice: (_, { x }) => tf.mul(x, 2) },
    });
    const weights = { scale: tf.scalar(3) };
    const pass = model.forward(weights, { x: tf.tensor1d([1, 2]) }, { training: true });
    expect([...pass.losses.dataSync()]).toEqual([3, 6]);
    expect([...(pass.metrics['twice'] as tf.Tensor).dataSync()]).toEqual([2, 4]);
  });

  test('takes the types of its weights from their initial values, and trains all of them', () => {
    const model = functionModel({ example, initialWeights: scale, loss: (_, { x }: { x: tf.Tensor }) => x });
    expect(model.weights).toEqual(struct({ scale: float32() }));
    expect(model.trainable).toEqual(['scale']);
  });

  test('throws when the loss is not one number for each example', () => {
    const make = () =>
      functionModel({
        name: 'mean',
        example,
        initialWeights: scale,
        loss: (_, { x }: { readonly x: tf.Tensor }) => tf.mean(x),
      });
    // Made-up examples are seven.
    expect(make).toThrow(
      'Cannot train mean: its loss must give one number for each example, shape [7], got []',
    );
  });

  const x = tf.ones([3]);
  const weights = { scale: tf.scalar(1) };
  const pass = (options: object) =>
    functionModel({
      name: 'odd',
      example,
      initialWeights: scale,
      loss: (_, batch: { x: tf.Tensor }) => batch.x,
      ...options,
    }).forward(weights, { x }, { training: true });

  test('throws when the loss or a metric is one number for all examples, which would count for each', () => {
    const mean = (): tf.Tensor => tf.reshape(tf.mean(x), [1]);
    expect(() => pass({ loss: mean })).toThrow(
      'its loss must give one number for each example, shape [7], got [1]',
    );
    expect(() => pass({ metrics: { mean } })).toThrow(
      "its metric 'mean' must give one number for each example",
    );
  });

  test('throws when the loss is of integers', () => {
    expect(() => pass({ loss: () => tf.cast(x, 'int32') })).toThrow(
      'Cannot train odd: its loss must be float32, got int32',
    );
  });

  test('throws when the loss or a metric of an example depends on the others, even if initial weights are 0', () => {
    // [B] − [B, 1] is [B, B].
    const broadcast = (given: { w: tf.Tensor }, batch: { x: tf.Tensor; y: tf.Tensor }): tf.Tensor =>
      tf.mean(tf.square(tf.sub(batch.y, tf.matMul(batch.x as tf.Tensor2D, given.w as tf.Tensor2D))), -1);
    const centred = (given: { w: tf.Tensor }, batch: { x: tf.Tensor }): tf.Tensor => {
      const outputs = tf.squeeze(tf.matMul(batch.x as tf.Tensor2D, given.w as tf.Tensor2D), [1]);
      return tf.sub(outputs, tf.mean(outputs));
    };
    const own = (_: object, batch: { y: tf.Tensor }): tf.Tensor => batch.y;
    const make = (options: object) =>
      functionModel({
        example: struct({ x: float32(2), y: float32() }),
        initialWeights: { w: tensor('float32', [2, 1], new Float32Array(2)) },
        loss: own,
        ...options,
      });
    const message = 'must give each example a number that the other examples of its batch leave as it is';
    expect(() => make({ loss: broadcast })).toThrow(`Cannot make function model: its loss ${message}`);
    expect(() => make({ loss: centred })).toThrow(`its loss ${message}`);
    expect(() => make({ metrics: { mse: broadcast } })).toThrow(`its metric 'mse' ${message}`);
    expect(() => make({ metrics: { own } })).not.toThrow();
  });

  test('copies its initial weights', () => {
    const data = Float32Array.of(2);
    const initialWeights = { w: tensor('float32', [], data) };
    const model = functionModel({ example, initialWeights, loss: (_, batch: { x: tf.Tensor }) => batch.x });
    data.fill(Number.NaN);
    expect(model.initialWeights['w']?.data[0]).toBe(2);
  });

  test('throws when an initial weight is not float32, or not finite', () => {
    const make = (weight: Tensor) =>
      functionModel({ name: 'm', example, initialWeights: { w: weight }, loss: () => x });
    expect(() => make(tensor('int32', [], Int32Array.of(1)))).toThrow(
      "Cannot make m: initial weight 'w' must be a float32 tensor, such as tensor('float32', [2], Float32Array.of(0, 0)), got a tensor int32[]",
    );
    expect(() => make(tensor('float32', [2], Float32Array.of(1, Number.NaN)))).toThrow(
      "Cannot make m: initial weight 'w' must be finite, got NaN at element 1",
    );
  });

  modelContract(
    'a function model',
    () =>
      functionModel({
        example,
        initialWeights: scale,
        loss: (weights, { x }: { readonly x: tf.Tensor }) => tf.square(tf.mul(weights.scale, x)),
        metrics: { twice: (_, { x }) => tf.mul(x, 2) },
      }),
    { dataset: { length: 3, columns: { x: tensor('float32', [3], Float32Array.of(1, -2, 5)) } } },
  );
});
