import { createOnnxEngine, createTfjsEngine, type Engine, localRunner, tfl } from '@starling/compute';
import { type Dataset, float32, int32, sequence, struct, tensor, toValue } from '@starling/federated-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sigmoidCrossentropy } from '../losses/sigmoid-crossentropy.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { accuracy } from '../metrics/accuracy.js';
import { binaryAccuracy } from '../metrics/binary-accuracy.js';
import { layersModel } from '../models/layers-model.js';
import { evaluateModel } from './model-evaluation.js';

const example = struct({ x: float32(1), y: int32() });
const dataset = toValue(sequence(example), [
  { x: [1], y: 0 },
  { x: [2], y: 1 },
  { x: [3], y: 0 },
]) as Dataset;

describe('evaluationWork', () => {
  const engines: Engine[] = [];
  beforeAll(async () => {
    engines.push(await createOnnxEngine(), await createTfjsEngine());
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.dispose())));

  test.each([
    ['accuracy', softmaxCrossentropy, accuracy, 2],
    ['binaryAccuracy', sigmoidCrossentropy, binaryAccuracy, 1],
    ['tfl.metrics.binaryAccuracy', sigmoidCrossentropy, tfl.metrics.binaryAccuracy, 1],
  ] as const)('gives %s of a model that is NaN as NaN', async (_, loss, metric, units) => {
    const model = layersModel(
      () => tfl.sequential({ layers: [tfl.layers.dense({ units, inputShape: [1] })] }),
      { example, loss, metrics: { metric } },
    );
    const weights = {
      ...model.initialWeights,
      dense_1_bias: tensor('float32', [units], new Float32Array(units).fill(Number.NaN)),
    };
    for (const engine of engines) {
      const run = localRunner(engine);
      // 3 examples in batches of 2: with a row of padding.
      const result = await evaluateModel({ model, weights, dataset, run, batchSize: 2 });
      expect(result).toEqual({ loss: Number.NaN, metric: Number.NaN, examples: 3 });
      const whole = await evaluateModel({ model, weights: model.initialWeights, dataset, run, batchSize: 2 });
      expect(whole['metric']).toBeGreaterThanOrEqual(0);
    }
  });
});
