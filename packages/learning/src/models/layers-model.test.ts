import { tf, tfl } from '@starling/compute';
import { float32, int32, seedFrom, struct, type Tensor, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Loss } from '../losses/loss.js';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { accuracy } from '../metrics/accuracy.js';
import type { Metric } from '../metrics/metric.js';
import type { Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';
import { modelContract } from './contract.js';
import { layersModel } from './layers-model.js';

const { dense, batchNormalization } = tfl.layers;
const classifier = (seed = 0): Model =>
  layersModel(
    () =>
      tfl.sequential({
        layers: [dense({ units: 3, activation: 'relu', inputShape: [2] }), dense({ units: 4 })],
      }),
    {
      example: struct({ x: float32(2), y: int32() }),
      loss: softmaxCrossentropy,
      metrics: { accuracy },
      seed: seedFrom(seed),
    },
  );

const tensorsOf = (weights: { readonly [name: string]: Tensor }): Tensors =>
  Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data as Float32Array, [...shape]),
    ]),
  );
const regressor = (layers: tfl.layers.Layer[]): Model =>
  layersModel(() => tfl.sequential({ layers }), {
    example: struct({ x: float32(1), y: float32() }),
    loss: meanSquaredError,
  });

describe('layersModel', () => {
  test('names weights by kind of layer, its number and the weight, whatever was built before', () => {
    classifier();
    const { weights, trainable, metrics } = classifier();
    expect(weights.elements).toEqual({
      dense_1_kernel: float32(2, 3),
      dense_1_bias: float32(3),
      dense_2_kernel: float32(3, 4),
      dense_2_bias: float32(4),
    });
    expect(trainable).toEqual(['dense_1_kernel', 'dense_1_bias', 'dense_2_kernel', 'dense_2_bias']);
    expect(metrics).toEqual(['accuracy']);
  });

  test('draws initial weights from the seed alone', () => {
    expect(classifier(5).initialWeights).toEqual(classifier(5).initialWeights);
    expect(classifier(5).initialWeights['dense_1_kernel']).not.toEqual(
      classifier(6).initialWeights['dense_1_kernel'],
    );
    const firstNumber = (name: string): unknown => classifier(5).initialWeights[name]?.data[0];
    expect(firstNumber('dense_1_kernel')).not.toBe(firstNumber('dense_2_kernel'));
  });

  test('sets the forget gate of an LSTM to one where it is asked to', () => {
    const model = layersModel(
      () =>
        tfl.sequential({ layers: [tfl.layers.lstm({ units: 2, unitForgetBias: true, inputShape: [3, 1] })] }),
      { example: struct({ x: float32(3, 1), y: int32() }), loss: softmaxCrossentropy },
    );
    // Gates in the order input, forget, cell, output.
    expect([...(model.initialWeights['lstm_1_bias']?.data ?? [])]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  });

  test('computes with the weights it is given, not with its own', () => {
    const model = regressor([dense({ units: 1, inputShape: [1] })]);
    const weights = { dense_1_kernel: tf.tensor2d([[2]]), dense_1_bias: tf.tensor1d([1]) };
    const batch = { x: tf.tensor2d([[3], [0]]), y: tf.tensor1d([5, 1]) };
    // 2 · 3 + 1 = 7, off by 2, squared 4; 2 · 0 + 1 = 1, right.
    expect([...model.forward(weights, batch, { training: true }).losses.dataSync()]).toEqual([4, 0]);
  });

  test('gives one loss and one metric for each example', () => {
    const model = classifier();
    const weights = tensorsOf(model.initialWeights);
    const batch = { x: tf.zeros([5, 2]), y: tf.tensor1d([0, 1, 2, 3, 0], 'int32') };
    // Zero features and zero biases give equal logits: log 4 each, and argmax 0.
    const { losses, metrics } = model.forward(weights, batch, { training: true });
    for (const loss of losses.dataSync()) expect(loss).toBeCloseTo(Math.log(4), 5);
    expect([...(metrics['accuracy'] as tf.Tensor).dataSync()]).toEqual([1, 0, 0, 0, 1]);
  });

  test('does not train layers that are frozen', () => {
    const model = regressor([
      dense({ units: 2, inputShape: [1], trainable: false }),
      dense({ units: 1, useBias: false }),
    ]);
    expect(model.trainable).toEqual(['dense_2_kernel']);
  });

  test('adds regularisers as a penalty', () => {
    const kernelRegularizer = tfl.regularizers.l2({ l2: 0.5 });
    const model = regressor([dense({ units: 1, inputShape: [1], kernelRegularizer })]);
    const weights = { dense_1_kernel: tf.tensor2d([[3]]), dense_1_bias: tf.tensor1d([1]) };
    const pass = model.forward(weights, { x: tf.zeros([1, 1]), y: tf.zeros([1]) }, { training: true });
    // 0.5 · 3² = 4.5; the reported loss stays (1 − 0)² = 1.
    expect(pass.penalty?.dataSync()[0]).toBeCloseTo(4.5, 6);
    expect(pass.losses.dataSync()[0]).toBeCloseTo(1, 6);
  });

  test('throws when a loss or metric is a mean of the batch, in which padding would count', () => {
    const model = (options: { readonly loss: Loss; readonly metrics?: { readonly recall: Metric } }) =>
      layersModel(() => tfl.sequential({ layers: [dense({ units: 1, inputShape: [1] })] }), {
        example: struct({ x: float32(1), y: float32(1) }),
        ...options,
      });
    const mean: Loss = (labels, outputs) => tf.losses.meanSquaredError(labels, outputs);
    expect(() => model({ loss: mean })).toThrow(
      'its loss must give one number for each example, shape [7], got []. Losses of tf.losses do with tf.Reduction.NONE',
    );
    const loss = tfl.metrics.meanSquaredError;
    expect(() => model({ loss, metrics: { recall: tfl.metrics.recall } })).toThrow(
      "its metric 'recall' must give one number",
    );
    expect(() => model({ loss })).not.toThrow();
  });

  test('brings weights back to the constraints of their layers', () => {
    const kernelConstraint = tfl.constraints.nonNeg();
    const model = regressor([dense({ units: 1, inputShape: [1], kernelConstraint })]);
    const weights = { dense_1_kernel: tf.tensor2d([[-3]]), dense_1_bias: tf.tensor1d([-1]) };
    const allowed = model.constrain(weights);
    expect(allowed['dense_1_kernel']?.dataSync()[0]).toBeCloseTo(0, 6);
    expect(allowed['dense_1_bias']?.dataSync()[0]).toBe(-1);
  });

  test('starts from the weights of a pretrained model', () => {
    const build = (): tfl.LayersModel => {
      const model = tfl.sequential({ layers: [dense({ units: 1, inputShape: [1] })] });
      model.setWeights([tf.tensor2d([[7]]), tf.tensor1d([8])]);
      return model;
    };
    const { initialWeights } = layersModel(build, {
      example: struct({ x: float32(1), y: float32() }),
      loss: meanSquaredError,
      pretrained: true,
    });
    expect(initialWeights['dense_1_kernel']?.data[0]).toBe(7);
    expect(initialWeights['dense_1_bias']?.data[0]).toBe(8);
  });

  test('gives the moved averages of batch normalisation when training, and uses them when not', () => {
    const model = regressor([batchNormalization({ inputShape: [1], momentum: 0.9, epsilon: 1e-7 })]);
    expect(model.trainable).toEqual(['batch_normalization_1_gamma', 'batch_normalization_1_beta']);
    const weights = tensorsOf(model.initialWeights);
    const batch = { x: tf.tensor2d([[1], [3]]), y: tf.tensor1d([0, 0]) };
    const training = model.forward(weights, batch, { training: true });
    // The batch's mean is 2 and its variance 1: 0.9 · 0 + 0.1 · 2 = 0.2 for the mean, and outputs −1 and 1.
    const mean = training.moved['batch_normalization_1_moving_mean'] as tf.Tensor;
    expect(mean.dataSync()[0]).toBeCloseTo(0.2, 6);
    for (const loss of training.losses.dataSync()) expect(loss).toBeCloseTo(1, 4);
    // Mean 0 and variance 1 as kept: outputs 1 and 3, squared 1 and 9.
    const evaluation = model.forward(weights, batch, { training: false });
    expect(evaluation.moved).toEqual({});
    expect(evaluation.losses.dataSync()[0]).toBeCloseTo(1, 4);
    expect(evaluation.losses.dataSync()[1]).toBeCloseTo(9, 4);
  });

  const dataset = {
    length: 3,
    columns: {
      x: tensor('float32', [3, 2], Float32Array.of(1, 2, -1, 0.5, 0, 3)),
      y: tensor('int32', [3], Int32Array.of(0, 3, 1)),
    },
  };
  modelContract('a classifier of layers', () => classifier(), { dataset });
  modelContract(
    'layers with statistics, noise, a constraint and a penalty',
    () =>
      layersModel(
        () =>
          tfl.sequential({
            layers: [
              dense({
                units: 4,
                inputShape: [2],
                kernelConstraint: tfl.constraints.nonNeg(),
                kernelRegularizer: tfl.regularizers.l2({ l2: 0.1 }),
              }),
              batchNormalization(),
              tfl.layers.dropout({ rate: 0.5 }),
              dense({ units: 4 }),
            ],
          }),
        { example: struct({ x: float32(2), y: int32() }), loss: softmaxCrossentropy, metrics: { accuracy } },
      ),
    { dataset },
  );
});
