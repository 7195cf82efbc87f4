import { createOnnxEngine, localRunner, tf } from '@starling/compute';
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
import { mapTensors } from '../tensors/tensors.js';
import { lineModel, points } from '../testing/line-model.js';
import {
  type ChangeGradients,
  type ChangeUpdate,
  localTraining,
  type TrainingOptions,
} from './local-training.js';

const line = lineModel(0);
const options: TrainingOptions = {
  optimizer: sgd({ learningRate: 0.1 }),
  epochs: 1,
  batchSize: 2,
  weighting: 'examples',
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

describe('localTraining', () => {
  test('sends the trained minus the broadcast weights, counted by examples', async () => {
    // One batch of (1, 2) and (2, 2) from w = 1: gradients (1 − 2) 1 = −1 and (2 − 2) 2 = 0, mean −0.5;
    // w = 1 + 0.05. Losses before the step: 0.5 and 0.
    const { update, weight, totals } = await work(localTraining(line, options), 1, points([1, 2], [2, 2]));
    expect(number(update.w)).toBeCloseTo(0.05, 6);
    expect(number(weight)).toBe(2);
    expect(number(totals.loss)).toBeCloseTo(0.5, 6);
    expect(number(totals.examples)).toBe(2);
  });

  test('steps on a short last batch by its examples alone', async () => {
    // Three equal points (1, 1) from w = 0: in any order a batch of two, then of one.
    // Step 1: gradient −1, w = 0.1. Step 2 (mean over one example, not two): gradient −0.9, w = 0.19.
    const { update, totals } = await work(localTraining(line, options), 0, points([1, 1], [1, 1], [1, 1]));
    expect(number(update.w)).toBeCloseTo(0.19, 6);
    // Losses 0.5, 0.5 and 0.9² / 2 = 0.405.
    expect(number(totals.loss)).toBeCloseTo(1.405, 6);
    expect(number(totals.examples)).toBe(3);
  });

  test('repeats the epochs, and still counts each example once in the weight', async () => {
    // One point (1, 1) from w = 0, two epochs: w = 0.1, then 0.19.
    const twice = localTraining(line, { ...options, epochs: 2 });
    const { update, weight, totals } = await work(twice, 0, points([1, 1]));
    expect(number(update.w)).toBeCloseTo(0.19, 6);
    expect(number(weight)).toBe(1);
    expect(number(totals.examples)).toBe(2);
  });

  test('takes so many steps, whatever the number of epochs they are', async () => {
    // Three equal points (1, 1) from w = 0, batches of two: two examples, one, and two of the next epoch.
    const three = localTraining(line, { ...options, epochs: undefined, steps: 3 });
    const { update, weight, totals } = await work(three, 0, points([1, 1], [1, 1], [1, 1]));
    // 1 − 0.9³ = 0.271.
    expect(number(update.w)).toBeCloseTo(0.271, 6);
    expect(number(weight)).toBe(3);
    expect(number(totals.examples)).toBe(5);
  });

  test('takes a count where the number of epochs or steps is a function', async () => {
    for (const unit of ['epochs', 'steps'] as const) {
      const local = localTraining(line, {
        ...options,
        epochs: undefined,
        [unit]: (round: tf.Tensor) => round,
      });
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
    expect(() => localTraining(line, { ...options, steps: 2 })).toThrow('need epochs or steps');
  });

  test('steps by what changeGradients makes of the gradients', async () => {
    // Two epochs on (1, 1) from w = 0, and a pull of 2 (w − 0). Step 1: at the start it is 0, w = 0.1.
    // Step 2: gradient −0.9 + 2 (0.1 − 0) = −0.7, w = 0.17.
    const changeGradients: ChangeGradients = (gradients, { weights, received }) =>
      mapTensors((g, w, start) => g!.add(w!.sub(start!).mul(2)), gradients, weights, received);
    const pulled = localTraining(line, { ...options, epochs: 2, changeGradients });
    const { update } = await work(pulled, 0, points([1, 1]));
    expect(number(update.w)).toBeCloseTo(0.17, 6);
  });

  test('refuses gradients of other names', () => {
    const changeGradients = () => ({ v: tf.scalar(1) });
    expect(() => localTraining(line, { ...options, changeGradients })).toThrow("need 'w', got v");
  });

  test('sends what changeUpdate makes of the change, which knows the steps', async () => {
    const changeUpdate: ChangeUpdate = ({ w }, { steps, received }) => ({
      w: tf.div(w!, steps),
      start: received['w']!,
      steps,
    });
    const of = async (length: Partial<TrainingOptions>, count: number, ...given: number[]) => {
      const local = localTraining(line, { ...options, ...length, changeUpdate });
      const data = points(...Array.from({ length: count }, () => [1, 1] as const));
      const { update } = await work(local, 0, data, ...given);
      const { w, start, steps } = update as unknown as Record<'w' | 'start' | 'steps', Tensor>;
      return { w: number(w), start: number(start), steps: number(steps) };
    };
    // Three equal points (1, 1), batches of two: two steps an epoch; after t steps w = 1 − 0.9^t.
    expect(await of({ epochs: 2 }, 3)).toEqual({
      w: expect.closeTo((1 - 0.9 ** 4) / 4, 6),
      start: 0,
      steps: 4,
    });
    expect(await of({ epochs: (round) => round }, 3, 3)).toMatchObject({ steps: 6 });
    expect(await of({ epochs: undefined, steps: 5 }, 3)).toMatchObject({ steps: 5 });
    expect(await of({ epochs: 2, batchSize: 'full' }, 3)).toMatchObject({ steps: 2 });
    expect(await of({ epochs: 3, acrossEpochs: true }, 3)).toMatchObject({ steps: 5 });
    for (const length of [{ epochs: 2 }, { epochs: undefined, steps: 5 }, { batchSize: 'full' } as const]) {
      expect(await of(length, 0)).toMatchObject({ steps: 0 });
    }
  });

  test('fills batches up from the next epoch across epochs', async () => {
    // Three equal points (1, 1) from w = 0, batches of two, two epochs: three steps of two, where each by itself has a
    // batch of two and one of one. 1 − 0.9³, of losses 0.5, 0.405 and 0.81² / 2, twice each.
    const across = localTraining(line, { ...options, epochs: 2, acrossEpochs: true });
    const { update, totals } = await work(across, 0, points([1, 1], [1, 1], [1, 1]));
    expect(number(update.w)).toBeCloseTo(1 - 0.9 ** 3, 6);
    expect(number(totals.examples)).toBe(6);
    expect(number(totals.loss)).toBeCloseTo(2 * (0.5 + 0.405 + 0.32805), 5);
    expect(() => localTraining(line, { ...options, batchSize: 'full', acrossEpochs: true })).toThrow(
      "need a number for batchSize with acrossEpochs, got 'full'",
    );
  });

  test('walks the examples as they stand when the order is given', async () => {
    // Batches of one, from w = 0 at a rate of 0.1: (1, 1) then (2, 0). w = 0.1, then gradient (0.2 − 0) 2 = 0.4:
    // w = 0.06. In the other order 0, then 0.1.
    const given = localTraining(line, { ...options, batchSize: 1, order: 'given' });
    expect(number((await work(given, 0, points([1, 1], [2, 0]))).update.w)).toBeCloseTo(0.06, 6);
    expect(number((await work(given, 0, points([2, 0], [1, 1]))).update.w)).toBeCloseTo(0.1, 6);
  });

  test('counts every client the same when weighting is uniform', async () => {
    const uniform = localTraining(line, { ...options, weighting: 'uniform' });
    expect(number((await work(uniform, 0, points([1, 1], [1, 1], [1, 1]))).weight)).toBe(1);
  });

  test('counts a client by the examples that it processed', async () => {
    // Three steps of batches of two over three examples: 2, 1 and 2.
    const processed = localTraining(line, {
      ...options,
      epochs: undefined,
      steps: 3,
      weighting: 'processed',
    });
    expect(number((await work(processed, 0, points([1, 1], [1, 1], [1, 1]))).weight)).toBe(5);
  });

  test('sends a zero update of weight 0 when the client has no examples', async () => {
    const { update, weight, totals } = await work(localTraining(line, options), 3, points());
    expect(number(update.w)).toBe(0);
    expect(number(weight)).toBe(0);
    expect(number(totals.examples)).toBe(0);
  });
});
