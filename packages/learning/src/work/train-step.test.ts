import { tf, tfl } from '@starling/compute';
import { float32, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { functionModel } from '../models/function-model.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import { lineModel } from '../testing/line-model.js';
import { trainStep } from './train-step.js';

const optimizer = sgd({ learningRate: 0.1 });

describe('trainStep', () => {
  test('gives the same step for a padded batch as for the short one', () => {
    // Examples (1, 2), (2, 2) from w = 1: mean gradient −0.5, w = 1.05, whatever the padding row holds.
    const state = { weights: { w: tf.scalar(1) }, optimizer: {} };
    const step = (x: number[], y: number[], mask: number[]): number | undefined =>
      trainStep({
        model: lineModel(1),
        optimizer,
        state,
        batch: { x: tf.tensor1d(x), y: tf.tensor1d(y) },
        mask: tf.tensor1d(mask),
      }).state.weights['w']?.dataSync()[0];
    expect(step([1, 2], [2, 2], [1, 1])).toBeCloseTo(1.05, 6);
    expect(step([1, 2, 9], [2, 2, -9], [1, 1, 0])).toBeCloseTo(1.05, 6);
  });

  test('leaves the weights as they are when the whole batch is padding', () => {
    const state = { weights: { w: tf.scalar(1) }, optimizer: {} };
    const batch = { x: tf.ones([2]), y: tf.zeros([2]) };
    const after = trainStep({ model: lineModel(1), optimizer, state, batch, mask: tf.zeros([2]) }).state;
    expect(after.weights['w']?.dataSync()[0]).toBe(1);
  });

  test('follows the gradient of regularisers', () => {
    // Output w x + b with x = 0, y = 0: only the penalty 0.5 w² acts on w, with the gradient w: 3 − 0.1 · 3 = 2.7.
    const model = layersModel(
      () =>
        tfl.sequential({
          layers: [
            tfl.layers.dense({
              units: 1,
              inputShape: [1],
              kernelRegularizer: tfl.regularizers.l2({ l2: 0.5 }),
            }),
          ],
        }),
      { example: struct({ x: float32(1), y: float32() }), loss: meanSquaredError },
    );
    const weights = { dense_1_kernel: tf.tensor2d([[3]]), dense_1_bias: tf.tensor1d([0]) };
    const batch = { x: tf.zeros([2, 1]), y: tf.zeros([2]) };
    const { state, pass } = trainStep({
      model,
      optimizer,
      state: { weights, optimizer: {} },
      batch,
      mask: tf.ones([2]),
    });
    expect(state.weights['dense_1_kernel']?.dataSync()[0]).toBeCloseTo(2.7, 6);
    expect([...pass.losses.dataSync()]).toEqual([0, 0]);
  });

  test('throws when a weight does not enter the loss', () => {
    const scalar = tensor('float32', [], Float32Array.of(1));
    const model = functionModel({
      name: 'half',
      example: float32(),
      initialWeights: { used: scalar, idle: scalar },
      loss: ({ used }, x: tf.Tensor) => tf.mul(used, x),
    });
    const state = { weights: { used: tf.scalar(1), idle: tf.scalar(1) }, optimizer: {} };
    expect(() => trainStep({ model, optimizer, state, batch: tf.ones([2]), mask: tf.ones([2]) })).toThrow(
      'Cannot train half: each of its weights (used, idle) must enter the loss',
    );
  });
});
