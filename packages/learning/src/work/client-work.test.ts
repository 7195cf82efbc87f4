import { createOnnxEngine, localRunner, type tf } from '@starling/compute';
import {
  type Dataset,
  type LocalComputation,
  seedFrom,
  type Tensor,
  tensor,
  type Value,
} from '@starling/federated-core';
import { flatten, unflatten } from '@starling/federated-core/plan';
import { describe, expect, test } from 'vitest';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { type ClientWorkOptions, clientWork } from './client-work.js';

const line = lineModel(0);
const options: ClientWorkOptions = {
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 1,
  batchSize: 2,
  weighting: 'examples',
  proximalStrength: 0,
};

interface Outcome {
  readonly update: { readonly w: Tensor };
  readonly weight: Tensor;
  readonly totals: { readonly loss: Tensor; readonly examples: Tensor };
}

async function work(
  local: LocalComputation,
  weight: number,
  data: Dataset,
  count?: number,
): Promise<Outcome> {
  const engine = await createOnnxEngine();
  const argument: Value = {
    weights: { w: tensor('float32', [], Float32Array.of(weight)) },
    data,
    ...(count === undefined ? {} : { count: tensor('int32', [], Int32Array.of(count)) }),
  };
  const parameter = local.type.parameter;
  if (parameter === null) throw new Error('client work takes weights and data');
  const leaves = await localRunner(engine)(local, flatten(parameter, argument), seedFrom(1));
  await engine.dispose();
  return unflatten(local.type.result, leaves) as unknown as Outcome;
}
const number = (value: Tensor): number => Number(value.data[0]);

describe('clientWork', () => {
  test('sends the trained minus the broadcast weights, counted by examples', async () => {
    // One batch of (1, 2) and (2, 2) from w = 1: gradients (1 − 2) 1 = −1 and (2 − 2) 2 = 0, mean −0.5;
    // w = 1 + 0.05. Losses before the step: 0.5 and 0.
    const { update, weight, totals } = await work(clientWork(line, options), 1, points([1, 2], [2, 2]));
    expect(number(update.w)).toBeCloseTo(0.05, 6);
    expect(number(weight)).toBe(2);
    expect(number(totals.loss)).toBeCloseTo(0.5, 6);
    expect(number(totals.examples)).toBe(2);
  });

  test('steps on a short last batch by its examples alone', async () => {
    // Three equal points (1, 1) from w = 0: in any order a batch of two, then of one.
    // Step 1: gradient −1, w = 0.1. Step 2 (mean over one example, not two): gradient −0.9, w = 0.19.
    const { update, totals } = await work(clientWork(line, options), 0, points([1, 1], [1, 1], [1, 1]));
    expect(number(update.w)).toBeCloseTo(0.19, 6);
    // Losses 0.5, 0.5 and 0.9² / 2 = 0.405.
    expect(number(totals.loss)).toBeCloseTo(1.405, 6);
    expect(number(totals.examples)).toBe(3);
  });

  test('repeats the epochs, and still counts each example once in the weight', async () => {
    // One point (1, 1) from w = 0, two epochs: w = 0.1, then 0.19.
    const twice = clientWork(line, { ...options, epochs: 2 });
    const { update, weight, totals } = await work(twice, 0, points([1, 1]));
    expect(number(update.w)).toBeCloseTo(0.19, 6);
    expect(number(weight)).toBe(1);
    expect(number(totals.examples)).toBe(2);
  });

  test('takes so many steps, whatever the number of epochs they are', async () => {
    // Three equal points (1, 1) from w = 0, batches of two: two examples, one, and two of the next epoch.
    const three = clientWork(line, { ...options, epochs: undefined, steps: 3 });
    const { update, weight, totals } = await work(three, 0, points([1, 1], [1, 1], [1, 1]));
    // 1 − 0.9³ = 0.271.
    expect(number(update.w)).toBeCloseTo(0.271, 6);
    expect(number(weight)).toBe(3);
    expect(number(totals.examples)).toBe(5);
  });

  test('takes a count where the number of epochs or steps is a function', async () => {
    for (const unit of ['epochs', 'steps'] as const) {
      const local = clientWork(line, { ...options, epochs: undefined, [unit]: (round: tf.Tensor) => round });
      // One point (1, 1), so that an epoch is a step: 1 − 0.9ⁿ.
      for (const [count, moved] of [
        [0, 0],
        [1, 0.1],
        [4, 1 - 0.9 ** 4],
      ] as const) {
        const { update, weight, totals } = await work(local, 0, points([1, 1]), count);
        expect(number(update.w)).toBeCloseTo(moved, 6);
        expect(number(weight)).toBe(1);
        expect(number(totals.examples)).toBe(count);
      }
      await expect(work(local, 0, points([1, 1]), -3)).rejects.toThrow(`${unit} must be 0 or more, got -3`);
    }
  });

  test('refuses epochs and steps at once', () => {
    expect(() => clientWork(line, { ...options, steps: 2 })).toThrow('need epochs or steps');
  });

  test('pulls towards the broadcast weights when there is a proximal term', async () => {
    // Two epochs on (1, 1) from w = 0 with μ = 2. Step 1: at the anchor the pull is 0, w = 0.1.
    // Step 2: gradient −0.9 + 2 (0.1 − 0) = −0.7, w = 0.17.
    const proximal = clientWork(line, { ...options, epochs: 2, proximalStrength: 2 });
    const { update } = await work(proximal, 0, points([1, 1]));
    expect(number(update.w)).toBeCloseTo(0.17, 6);
  });

  test('counts every client the same when weighting is uniform', async () => {
    const uniform = clientWork(line, { ...options, weighting: 'uniform' });
    expect(number((await work(uniform, 0, points([1, 1], [1, 1], [1, 1]))).weight)).toBe(1);
  });

  test('sends a zero update of weight 0 when the client has no examples', async () => {
    const { update, weight, totals } = await work(clientWork(line, options), 3, points());
    expect(number(update.w)).toBe(0);
    expect(number(weight)).toBe(0);
    expect(number(totals.examples)).toBe(0);
  });
});
