// Models of which a part is trained: frozen layers, and adapters of low rank; their steps worked out by hand.
import { tf, tfl } from '@starling/compute';
import {
  compilePlan,
  type Dataset,
  float32,
  inspectPlan,
  int32,
  sequence,
  struct,
  type Tensor,
  tensor,
  toValue,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { federatedAveraging } from '../algorithms/federated-averaging.js';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import type { Model } from '../model/model.js';
import { sgd } from '../optimizers/sgd.js';
import { roundsOf } from '../testing/rounds-of.js';
import { modelContract } from './contract.js';
import { modelToLayers, weightsOfLayers } from './exported-model.js';
import { frozenModel } from './frozen-model.js';
import { layersModel } from './layers-model.js';
import { loraModel } from './lora-model.js';
import { modelFrom } from './model-from.js';

const { dense } = tfl.layers;
const example = struct({ x: float32(2), y: float32(1) });

/** x · [[1], [2]] + 0, which learns from squares. */
const line = (): Model =>
  modelFrom(
    layersModel(() => tfl.sequential({ layers: [dense({ units: 1, inputShape: [2] })] }), {
      name: 'line',
      example,
      loss: meanSquaredError,
    }),
    {
      dense_1_kernel: tensor('float32', [2, 1], Float32Array.of(1, 2)),
      dense_1_bias: tensor('float32', [1], Float32Array.of(0)),
    },
  );
/** Two clients of one example each. */
const held = { data: [[{ x: [1, 1], y: [0] }], [{ x: [1, 1], y: [0] }]] };
const trained = async (model: Model, rounds = 1) => {
  const process = federatedAveraging({ model, clientOptimizer: sgd({ learningRate: 0.05 }), batchSize: 1 });
  const outcomes = await roundsOf(process, held, rounds);
  return outcomes.at(-1)!.state.model as { readonly [weight: string]: Tensor };
};
const outputsOf = (model: Model, weights: { readonly [name: string]: Tensor }, x: number[]): number[] => {
  const tensors = Object.fromEntries(
    Object.entries(weights).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data as Float32Array, [...shape]),
    ]),
  );
  return [...model.outputs!(tensors, { x: tf.tensor2d([x]), y: tf.zeros([1, 1]) }).dataSync()];
};

describe('frozenModel', () => {
  test('trains and sends what is not frozen, and leaves the rest as it was', async () => {
    const model = frozenModel(line(), { freeze: ['dense_1_kernel'] });
    expect(Object.keys(model.weights.elements)).toEqual(['dense_1_bias']);
    // 1 + 2 + 0 is off by 3: the square has a gradient of 6 by the bias, of which SGD takes 0.05.
    const weights = await trained(model);
    expect(Object.keys(weights)).toEqual(['dense_1_bias']);
    expect(weights['dense_1_bias']!.data[0]).toBeCloseTo(-0.3, 6);
    const bias = { dense_1_bias: tensor('float32', [1], Float32Array.of(-0.5)) };
    expect(outputsOf(model, bias, [1, 1])).toEqual([2.5]);
    expect([...model.wholeWeights(bias)['dense_1_kernel']!.data]).toEqual([1, 2]);
    expect([...weightsOfLayers(modelToLayers(model, bias))['dense_1_bias']!.data]).toEqual([-0.5]);
  });

  test('freezes layers by name, and needs something that is left to train', () => {
    const two = layersModel(
      () => tfl.sequential({ layers: [dense({ units: 3, inputShape: [2] }), dense({ units: 1 })] }),
      { name: 'two layers', example, loss: meanSquaredError },
    );
    expect(frozenModel(two, { freeze: ['dense_1'] }).trainable).toEqual(['dense_2_kernel', 'dense_2_bias']);
    expect(() => frozenModel(two, { freeze: ['dense_1', 'dense_2'] })).toThrow(
      'Cannot freeze layers: need a weight of two layers that is trained, got all of them frozen',
    );
    expect(() => frozenModel(two, { freeze: ['conv'] })).toThrow(
      "Cannot freeze layers: need weights or layers of two layers, dense_1_kernel, dense_1_bias, dense_2_kernel, dense_2_bias, got 'conv'",
    );
  });

  test('keeps averages of a frozen layer where they are', async () => {
    const normed = layersModel(
      () =>
        tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [2] }), dense({ units: 1 })] }),
      { name: 'normed', example, loss: meanSquaredError },
    );
    const model = frozenModel(normed, { freeze: ['batch_normalization_1'] });
    expect(Object.keys(await trained(model))).toEqual(['dense_1_kernel', 'dense_1_bias']);
  });
});

describe('loraModel', () => {
  const adapters = (a: readonly number[], b: readonly number[]) => ({
    dense_1_kernel_a: tensor('float32', [2, 1], Float32Array.from(a)),
    dense_1_kernel_b: tensor('float32', [1, 1], Float32Array.from(b)),
  });

  test('adds α/r times the product of its adapters to the kernel', () => {
    const model = loraModel(line(), { rank: 1, alpha: 2 });
    // [1, 2] + 2 · [1, 3] · 5 = [11, 32]
    expect(outputsOf(model, adapters([1, 3], [5]), [1, 0])).toEqual([11]);
    expect(outputsOf(model, adapters([1, 3], [5]), [0, 1])).toEqual([32]);
    expect([...model.wholeWeights(adapters([1, 3], [5]))['dense_1_kernel']!.data]).toEqual([11, 32]);
    const layers = modelToLayers(model, adapters([1, 3], [5]));
    expect([...(layers.predict(tf.tensor2d([[1, 1]])) as tf.Tensor).dataSync()]).toEqual([43]);
  });

  test('begins as the model that it adapts: b is zero, and a within 1/√in of it', () => {
    const model = loraModel(line(), { rank: 3 });
    expect(outputsOf(model, model.initialWeights, [1, 1])).toEqual([3]);
    const { data } = model.initialWeights['dense_1_kernel_a']!;
    expect(model.initialWeights['dense_1_kernel_a']!.shape).toEqual([2, 3]);
    expect(Math.max(...[...data].map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(2));
    expect(new Set(data).size).toBe(6);
  });

  test('trains its adapters alone, a once b is not zero', async () => {
    const base = loraModel(line(), { rank: 1, alpha: 2 });
    const model = modelFrom(base, adapters([0.5, 0.25], [0]));
    // Off by 3, so that the output has a gradient of 6; by b it is 6 · 2 · (0.5 + 0.25) = 9, by a it is 0 as b is.
    const first = await trained(model);
    expect(first['dense_1_kernel_b']!.data[0]).toBeCloseTo(-0.45, 6);
    expect([...first['dense_1_kernel_a']!.data]).toEqual([0.5, 0.25]);
    // Then the kernel is [1, 2] − 0.9 · [0.5, 0.25], off by 2.325: by each a the gradient is 4.65 · 2 · −0.45 = −4.185.
    const second = await trained(model, 2);
    const a = second['dense_1_kernel_a']!.data;
    expect(a[0]).toBeCloseTo(0.5 - 0.05 * -4.185, 5);
    expect(a[1]).toBeCloseTo(0.25 - 0.05 * -4.185, 5);
  });

  test('sends r · (in + out) numbers of a kernel, and what is trained as it is', () => {
    const wide = layersModel(
      () => tfl.sequential({ layers: [dense({ units: 50, inputShape: [40] }), dense({ units: 10 })] }),
      {
        name: 'wide',
        example: struct({ x: float32(40), y: int32() }),
        loss: softmaxCrossentropy,
      },
    );
    const bytesUp = (model: Model): number => {
      const { next } = federatedAveraging({
        model,
        clientOptimizer: sgd({ learningRate: 0.1 }),
        batchSize: 1,
      });
      return inspectPlan(compilePlan(next)).bytesUp as number;
    };
    // Four bytes a weight, and 12 of the weight of the client, the loss and the number of examples.
    expect(bytesUp(wide)).toBe(4 * (40 * 50 + 50 + 50 * 10 + 10) + 12);
    expect(bytesUp(loraModel(wide, { rank: 4 }))).toBe(4 * 4 * (40 + 50 + 50 + 10) + 12);
    const head = loraModel(wide, { rank: 4, adapt: ['dense_1'], train: ['dense_2'] });
    expect(bytesUp(head)).toBe(4 * (4 * (40 + 50) + 50 * 10 + 10) + 12);
    expect(head.trainable).toEqual([
      'dense_1_kernel_a',
      'dense_1_kernel_b',
      'dense_2_kernel',
      'dense_2_bias',
    ]);
  });

  test('refuses what is no matrix, and a weight that is adapted and trained', () => {
    expect(() => loraModel(line(), { rank: 1, adapt: ['dense_1_bias'] })).toThrow(
      "Cannot adapt a model: need a kernel that is a matrix, got 'dense_1_bias' of [1]",
    );
    expect(() => loraModel(line(), { rank: 1, adapt: ['dense_1'], train: ['dense_1'] })).toThrow(
      "Cannot adapt a model: a weight is adapted or trained as it is, got 'dense_1_kernel' in adapt and train",
    );
    expect(() => loraModel(line(), { rank: 0 })).toThrow('rank must be');
  });
});

describe('modelFrom', () => {
  test('starts from given weights, and refuses those of another model', () => {
    expect([...line().initialWeights['dense_1_kernel']!.data]).toEqual([1, 2]);
    expect(() => modelFrom(line(), { kernel: tensor('float32', [1], Float32Array.of(0)) })).toThrow(
      'Cannot start a model from given weights: need the weights dense_1_kernel float32[2,1], dense_1_bias float32[1], got kernel float32[1]',
    );
  });
});

const dataset = toValue(sequence(example), [
  { x: [1, 2], y: [3] },
  { x: [-1, 0], y: [1] },
  { x: [0, 0.5], y: [-2] },
]) as Dataset;
modelContract('frozenModel', () => frozenModel(line(), { freeze: ['dense_1_kernel'] }), { dataset });
modelContract('loraModel', () => loraModel(line(), { rank: 2 }), { dataset });
