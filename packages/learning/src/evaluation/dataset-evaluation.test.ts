import { createTfjsEngine, localRunner } from '@starling/compute';
import { tensor } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { lineModel, points } from '../testing/line-model.js';
import { datasetEvaluation } from './dataset-evaluation.js';

test('`datasetEvaluation` evaluates the weights of a state on its dataset, every round by default', async () => {
  const engine = await createTfjsEngine();
  const model = lineModel(0);
  const evaluation = datasetEvaluation({ model, dataset: points([1, 2], [2, 2]), batchSize: 1 });
  const state = (w: number) => ({ model: { w: tensor('float32', [], Float32Array.of(w)) } });
  const run = localRunner(engine);
  expect(evaluation.every).toBe(1);
  // At w = 2 the errors are |2 − 2| and |4 − 2|, the losses 0 and 4 / 2; at w = 1 they are 1 and 0, and 1 / 2 and 0.
  expect(await evaluation.run(state(2), 1, run)).toEqual({ loss: 1, error: 1, examples: 2 });
  expect(await evaluation.run(state(1), 2, run)).toEqual({ loss: 0.25, error: 0.5, examples: 2 });
});

test('`datasetEvaluation` refuses options that it does not know', () => {
  const options = { model: lineModel(0), dataset: points([1, 2]), evry: 5 };
  expect(() => datasetEvaluation(options as never)).toThrow("did you mean 'every'?");
});
