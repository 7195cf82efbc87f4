import { createOnnxEngine, localRunner } from '@starling/compute';
import { type Dataset, evaluate, type HostValue, type Tensor, ValueError } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { evaluateModel, modelEvaluation } from '../evaluation/model-evaluation.js';
import { lineModel, points } from '../testing/line-model.js';
import { federatedEvaluation } from './federated-evaluation.js';

const model = lineModel(0);

async function evaluated(data: readonly unknown[], batchSize: number): Promise<HostValue> {
  const engine = await createOnnxEngine();
  const computation = federatedEvaluation({ model, batchSize });
  const result = await evaluate(computation, { model: { w: 2 }, data }, { run: localRunner(engine) });
  await engine.dispose();
  return result;
}

describe('federatedEvaluation', () => {
  test('gives means over all examples, not over clients', async () => {
    // w = 2 on (1, 2): error 0; (1, 4): 2, loss 2; (2, 1): 3, loss 4.5. Over three examples: 6.5 / 3 and 5 / 3.
    // A batch size of 2 leaves a short batch of one with the second client, which must not count twice.
    const data = [points([1, 2]), points([1, 4], [2, 1])];
    for (const batchSize of [2, 3]) {
      const metrics = (await evaluated(data, batchSize)) as unknown as Record<string, number>;
      expect(metrics['loss']).toBeCloseTo(6.5 / 3, 6);
      expect(metrics['error']).toBeCloseTo(5 / 3, 6);
      expect(metrics['examples']).toBe(3);
    }
  });

  test('gives zeros when nobody has an example', async () => {
    expect(await evaluated([points()], 2)).toEqual({ loss: 0, error: 0, examples: 0 });
  });
});

describe('evaluateModel', () => {
  test('throws when the columns of the dataset differ in length, or are others', () => {
    const { columns } = points([1, 2], [1, 4]);
    const { y } = points([1, 2]).columns as { readonly y: Tensor };
    const evaluator = (dataset: Dataset) => modelEvaluation({ model, dataset, run: async () => [] });
    expect(() => evaluator({ length: 2, columns: { ...(columns as object), y } })).toThrow(ValueError);
    expect(() => evaluator({ length: 2, columns: { x: y, z: y } })).toThrow(ValueError);
    expect(() => evaluator({ length: 3, columns })).toThrow('dataset');
  });

  test('gives the means over a dataset at hand', async () => {
    const engine = await createOnnxEngine();
    const weights = { w: { dtype: 'float32', shape: [], data: Float32Array.of(2) } } as const;
    const metrics = await evaluateModel({
      model,
      weights,
      dataset: points([1, 2], [1, 4], [2, 1]),
      run: localRunner(engine),
    });
    await engine.dispose();
    expect(metrics['loss']).toBeCloseTo(6.5 / 3, 6);
    expect(metrics['error']).toBeCloseTo(5 / 3, 6);
    expect(metrics['examples']).toBe(3);
  });
});
