import { createOnnxEngine, createTfjsEngine, localRunner, tfl } from '@starling/compute';
import { float32, seedFrom, struct, type Tensor, tensor } from '@starling/federated-core';
import { flatten, unflatten } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import type { Model } from '../model/model.js';
import { layersModel } from '../models/layers-model.js';
import { momentum } from '../optimizers/momentum.js';
import { sgd } from '../optimizers/sgd.js';
import { mapTensors } from '../tensors/tensors.js';
import { lineModel, points } from '../testing/line-model.js';
import { type ChangeGradients, localTraining, type TrainingOptions } from './local-training.js';

const rate = 0.1;
const options: TrainingOptions = {
  optimizer: sgd({ learningRate: rate }),
  batchSize: 'full',
  weighting: 'examples',
};
/** Two parts and a bit: of 70 examples, 32, 32 and 6. */
const pairs = Array.from({ length: 70 }, (_, index) => [Math.sin(index), Math.cos(3 * index)] as const);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, each) => sum + each, 0) / values.length;
/** The gradient of the mean of (w x − y)² / 2 over all examples, in float64. */
const gradientAt = (w: number): number => mean(pairs.map(([x, y]) => (w * x - y) * x));

async function train(
  model: Model,
  weights: { readonly [name: string]: Tensor },
  data: unknown,
  changes: Partial<TrainingOptions>,
): Promise<{ readonly update: { readonly [name: string]: Tensor }; readonly examples: number }[]> {
  const local = localTraining(model, { ...options, ...changes });
  const leaves = flatten(local.type.parameter as never, { weights, data } as never);
  const outcomes = [];
  for (const engine of [await createOnnxEngine(), await createTfjsEngine()]) {
    const result = await localRunner(engine)(local, leaves, seedFrom(3));
    const { update, totals } = unflatten(local.type.result, result) as never as {
      readonly update: { readonly [name: string]: Tensor };
      readonly totals: { readonly examples: Tensor };
    };
    outcomes.push({ update, examples: Number(totals.examples.data[0]) });
    await engine.dispose();
  }
  return outcomes;
}

async function trainLine(w: number, changes: Partial<TrainingOptions>, data = points(...pairs)) {
  const outcomes = await train(lineModel(w), { w: tensor('float32', [], Float32Array.of(w)) }, data, changes);
  return outcomes.map(({ update, examples }) => ({ moved: Number(update['w']?.data[0]), examples }));
}

describe('full batches', () => {
  test('step once an epoch, along the gradient of the mean over all examples', async () => {
    let w = 0.5;
    for (let epoch = 0; epoch < 3; epoch++) w -= rate * gradientAt(w);
    for (const { moved, examples } of await trainLine(0.5, { epochs: 3 })) {
      expect(moved).toBeCloseTo(w - 0.5, 6);
      expect(examples).toBe(210);
    }
    // A step is an epoch.
    for (const { moved } of await trainLine(0.5, { steps: 3 })) expect(moved).toBeCloseTo(w - 0.5, 6);
  });

  test('keep the optimizer’s state from epoch to epoch, and change gradients once an epoch', async () => {
    let [w, velocity] = [0.5, 0];
    for (let epoch = 0; epoch < 4; epoch++) {
      velocity = 0.9 * velocity + gradientAt(w) + 2 * (w - 0.5);
      w -= rate * velocity;
    }
    const optimizer = momentum({ learningRate: rate, momentum: 0.9 });
    const pull: ChangeGradients = (gradients, { weights, received }) =>
      mapTensors((g, w, start) => g!.add(w!.sub(start!).mul(2)), gradients, weights, received);
    for (const { moved } of await trainLine(0.5, { optimizer, epochs: 4, changeGradients: pull })) {
      expect(moved).toBeCloseTo(w - 0.5, 6);
    }
  });

  test('are whole parts, or one short part, or none', async () => {
    const ones = (count: number) => points(...Array.from({ length: count }, () => [1, 1] as const));
    // Equal points (1, 1): 1 − 0.9² whatever their number.
    for (const count of [1, 31, 32, 64]) {
      for (const { moved } of await trainLine(0, { epochs: 2 }, ones(count)))
        expect(moved).toBeCloseTo(0.19, 6);
    }
    for (const outcome of await trainLine(0, { epochs: 2 }, ones(0))) {
      expect(outcome).toEqual({ moved: 0, examples: 0 });
    }
  });

  test('count a penalty once an epoch', async () => {
    // One weight from 0.5 without a bias, the squared error, and 0.5 w²: gradients 2 mean((w x − y) x) + w.
    const model = layersModel(
      () =>
        tfl.sequential({
          layers: [
            tfl.layers.dense({
              inputShape: [1],
              units: 1,
              useBias: false,
              kernelInitializer: tfl.initializers.constant({ value: 0.5 }),
              kernelRegularizer: tfl.regularizers.l2({ l2: 0.5 }),
            }),
          ],
        }),
      { example: struct({ x: float32(1), y: float32(1) }), loss: meanSquaredError },
    );
    let w = 0.5;
    for (let epoch = 0; epoch < 2; epoch++) w -= rate * (2 * gradientAt(w) + w);
    const column = (at: 0 | 1) =>
      tensor(
        'float32',
        [70, 1],
        Float32Array.from(pairs, (pair) => pair[at]),
      );
    const data = { length: 70, columns: { x: column(0), y: column(1) } };
    for (const { update } of await train(model, model.initialWeights, data, { epochs: 2 })) {
      expect(Number(update['dense_1_kernel']?.data[0])).toBeCloseTo(w - 0.5, 6);
    }
  });

  test('are refused for layers with statistics of a batch', () => {
    const model = layersModel(
      () => tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [1] })] }),
      { example: struct({ x: float32(1), y: float32(1) }), loss: meanSquaredError },
    );
    expect(() => localTraining(model, options)).toThrow(
      'need losses that depend on one example each, got layers with statistics of a batch (batch_normalization_1_moving_mean)',
    );
  });
});
