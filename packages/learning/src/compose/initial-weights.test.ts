import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { trainingWork } from '../client-work/training-work.js';
import { optimizerFinalizer } from '../finalizers/optimizer-finalizer.js';
import { momentum } from '../optimizers/momentum.js';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import { weightNames, withInitialWeights } from './initial-weights.js';
import { learningProcess } from './learning-process.js';

const process = learningProcess({
  model: lineModel(1),
  clientWork: trainingWork({ optimizer: sgd({ learningRate: 0.1 }), batchSize: 1 }),
  finalizer: optimizerFinalizer(momentum({ learningRate: 1, momentum: 0.5 })),
});
const scalar = (value: number) => tensor('float32', [], Float32Array.of(value));

describe('withInitialWeights', () => {
  test('starts from the weights, and else as before', async () => {
    // At (1, 2) the gradient is w − 2: a client sends 0.1 (2 − w), so that 0.3 from w = 5, where momentum starts at 0.
    const { state } = await roundOf(withInitialWeights(process, { w: scalar(5) }), {
      data: [points([1, 2])],
    });
    expect(state.model['w']).toBeCloseTo(4.7, 6);
    const { state: usual } = await roundOf(process, { data: [points([1, 2])] });
    expect(usual.model['w']).toBeCloseTo(1.1, 6);
  });

  test('keeps the model of the process', () => {
    expect(withInitialWeights(process, { w: scalar(5) }).model).toBe(process.model);
    expect(weightNames(process)).toEqual(['w']);
  });

  test.each([
    [{}, 'need the weights w float32[], got none'],
    [{ w: tensor('float32', [2], new Float32Array(2)) }, 'need the weights w float32[], got w float32[2]'],
    [
      { w: scalar(1), b: scalar(1) },
      'need the weights w float32[], got w float32[], b float32[]. Not of the model are b float32[]',
    ],
    [{ w: scalar(Number.NaN) }, 'weights must be finite, got NaN at 0 of w'],
  ])('refuses other weights: %j', (weights, message) => {
    expect(() => withInitialWeights(process, weights)).toThrow(`Cannot start from given weights: ${message}`);
  });
});
