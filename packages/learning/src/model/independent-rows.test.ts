// What a model says of losses and metrics that look across the examples of a batch, and what it makes of labels [B] of
// outputs [B, 1].
import { createOnnxEngine, localRunner, tf, tfl } from '@starling/compute';
import {
  type Dataset,
  float32,
  int32,
  sequence,
  struct,
  type Tensor,
  toValue,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { evaluateModel } from '../evaluation/model-evaluation.js';
import type { Loss } from '../losses/loss.js';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { type LayersModelOptions, layersModel } from '../models/layers-model.js';
import type { Tensors } from '../tensors/tensors.js';
import { checkIndependentRows, exampleBatch } from './independent-rows.js';

const { metrics } = tfl;
const advice = 'Cannot make';
const dependent = 'must give each example a number that the other examples of its batch leave as it is';

describe('checkIndependentRows', () => {
  const type = struct({ x: float32(2), y: int32() });
  const check = (compute: (batch: { x: tf.Tensor2D; y: tf.Tensor1D }) => tf.Tensor) => () =>
    checkIndependentRows('m', 'its loss', (rows) => compute(exampleBatch(type, rows) as never), advice);

  test('takes what gives each example a number of its own', () => {
    expect(check(({ x }) => tf.sum(x, 1))).not.toThrow();
    expect(
      check(({ x, y }) => tf.losses.softmaxCrossEntropy(tf.oneHot(y, 2), x, undefined, 0, 0)),
    ).not.toThrow();
    expect(check(({ x }) => tf.log(tf.mul(-1, tf.sum(x, 1))))).not.toThrow();
  });

  test.each<[string, (batch: { x: tf.Tensor2D; y: tf.Tensor1D }) => tf.Tensor]>([
    ['broadcasts', ({ x, y }) => tf.mean(tf.sub(tf.slice(x, [0, 0], [-1, 1]), y), -1)],
    ['takes a mean over the batch', ({ x }) => tf.sub(tf.sum(x, 1), tf.mean(x))],
    ['adds up over the batch', ({ x }) => tf.cumsum(tf.sum(x, 1))],
    ['divides by the size of the batch', ({ x }) => tf.div(tf.sum(x, 1), x.shape[0])],
    ['looks at the place in the batch', ({ x }) => tf.mul(tf.sum(x, 1), tf.range(1, x.shape[0] + 1))],
  ])('refuses what %s', (_, compute) => {
    expect(check(compute)).toThrow(RangeError);
    expect(check(compute)).toThrow(`Cannot make m: its loss ${dependent}`);
  });

  test('leaves to the trace what cannot be computed, or has another shape', () => {
    expect(
      check(() => {
        throw new Error('no');
      }),
    ).not.toThrow();
    expect(check(({ x }) => tf.mean(x))).not.toThrow();
  });
});

describe('layersModel with labels [B] and outputs [B, 1]', () => {
  const example = struct({ x: float32(1), y: float32() });
  const line = (options: Partial<LayersModelOptions>) =>
    layersModel(
      () =>
        tfl.sequential({
          layers: [tfl.layers.dense({ units: 1, inputShape: [1], kernelInitializer: 'ones' })],
        }),
      { example, loss: meanSquaredError, ...options },
    );
  // The output is x: errors 1 and −8, squared 1 and 64.
  const batch = { x: tf.tensor2d([[1], [2]]), y: tf.tensor1d([0, 10]) };
  const weightsOf = (initial: { readonly [name: string]: Tensor }): Tensors =>
    Object.fromEntries(
      Object.entries(initial).map(([name, { data, shape }]) => [
        name,
        tf.tensor(data as Float32Array, [...shape]),
      ]),
    );
  const pass = (options: Partial<LayersModelOptions>) => {
    const model = line(options);
    return model.forward(weightsOf(model.initialWeights), batch, { training: true });
  };

  test('gives each example its own loss and metrics of tfl.metrics', () => {
    const { losses, metrics: measured } = pass({
      loss: metrics.meanSquaredError,
      metrics: { mae: metrics.meanAbsoluteError },
    });
    expect([...losses.dataSync()]).toEqual([1, 64]);
    expect([...(measured['mae'] as tf.Tensor).dataSync()]).toEqual([1, 8]);
  });

  test('counts hits of tfl.metrics.binaryAccuracy', () => {
    // Outputs 1 and 2 are above ½, that is 1: right for a label of 1, wrong for 0.
    const model = line({
      example: struct({ x: float32(1), y: int32() }),
      metrics: { hits: metrics.binaryAccuracy },
    });
    const given = { x: batch.x, y: tf.tensor1d([1, 0], 'int32') };
    const { metrics: measured } = model.forward(weightsOf(model.initialWeights), given, { training: true });
    expect([...(measured['hits'] as tf.Tensor).dataSync()]).toEqual([1, 0]);
  });

  test('refuses functions of a user that broadcast, and says how to fix them', () => {
    const broadcast: Loss = (y, z) => tf.mean(tf.square(tf.sub(y, z)), -1);
    expect(() => line({ loss: broadcast })).toThrow(`Cannot make layers model: its loss ${dependent}`);
    expect(() => line({ metrics: { mse: broadcast } })).toThrow(`its metric 'mse' ${dependent}`);
    expect(() => line({ metrics: { mse: broadcast } })).toThrow(
      'labels: (batch) => tf.expandDims(batch.y, -1)',
    );
    const { losses } = pass({
      loss: broadcast,
      labels: ({ y }: { readonly y: tf.Tensor }) => tf.expandDims(y, -1),
    });
    expect([...losses.dataSync()]).toEqual([1, 64]);
    // One that brings them together itself is taken as it is.
    const squeezed: Loss = (y, z) => tf.square(tf.sub(y, tf.squeeze(z, [1])));
    expect([...pass({ loss: squeezed }).losses.dataSync()]).toEqual([1, 64]);
  });
});

describe('layersModel with labels that are classes', () => {
  const example = struct({ x: float32(1), y: int32() });
  const classifier = (metric: Loss) =>
    layersModel(
      () =>
        tfl.sequential({
          layers: [tfl.layers.dense({ units: 3, inputShape: [1], kernelInitializer: 'ones' })],
        }),
      { example, loss: softmaxCrossentropy, metrics: { metric } },
    );
  const dataset = toValue(sequence(example), [
    { x: [1], y: 0 },
    { x: [2], y: 1 },
    { x: [2], y: 2 },
  ]) as Dataset;

  test('refuses metrics of tfl.metrics that take one-hot labels', async () => {
    const run = localRunner(await createOnnxEngine());
    const measure = async (metric: Loss) => {
      const model = classifier(metric);
      return evaluateModel({ model, weights: model.initialWeights, dataset, run });
    };
    await expect(measure(metrics.categoricalAccuracy)).rejects.toThrow(
      'Cannot compute tfl.metrics.categoricalAccuracy: labels must have the shape of outputs',
    );
    await expect(measure(metrics.categoricalAccuracy)).rejects.toThrow('take accuracy');
    // Of three equal scores the first counts as the largest: right for the one label 0 of three.
    expect((await measure(metrics.sparseCategoricalAccuracy))['metric']).toBeCloseTo(1 / 3, 6);
  });
});

test('`exampleBatch` makes structs, arrays and every type of element', () => {
  const batch = exampleBatch(
    struct({ a: struct([float32(2), int32()]), b: { ...float32(), dtype: 'bool' } }),
    [0, 1],
  );
  expect(batch).toMatchObject({
    a: [
      { shape: [2, 2], dtype: 'float32' },
      { shape: [2], dtype: 'int32' },
    ],
  });
  expect(batch).toMatchObject({ b: { shape: [2], dtype: 'bool' } });
});
