// Metrics of sums in models of both kinds: what evaluations give, on clients and at the server.
import { createOnnxEngine, type Engine, localRunner, tf, tfl } from '@starling/compute';
import {
  type Dataset,
  evaluate,
  float32,
  int32,
  sequence,
  struct,
  tensor,
  toValue,
} from '@starling/federated-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { federatedAveraging } from '../algorithms/federated-averaging.js';
import { federatedEvaluation } from '../algorithms/federated-evaluation.js';
import { meanSquaredError } from '../losses/mean-squared-error.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { accuracy } from '../metrics/accuracy.js';
import { confusionMatrix } from '../metrics/confusion-matrix.js';
import { rSquared } from '../metrics/errors.js';
import { recall } from '../metrics/precision-and-recall.js';
import { metricOn } from '../metrics/sum-metric.js';
import { functionModel } from '../models/function-model.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import { roundOf } from '../testing/rounds-of.js';
import { evaluateModel } from './model-evaluation.js';

/** Two classes by one number: the larger of x and 0 is at 1 where x is above 0. */
const example = struct({ x: float32(1), y: int32() });
const model = layersModel(
  () =>
    tfl.sequential({
      layers: [tfl.layers.dense({ units: 2, inputShape: [1], kernelInitializer: 'zeros' })],
    }),
  {
    example,
    loss: softmaxCrossentropy,
    metrics: { accuracy, recall: recall({ classes: 2 }), confusion: confusionMatrix({ classes: 2 }) },
  },
);
const weights = {
  dense_1_kernel: tensor('float32', [1, 2], Float32Array.of(0, 1)),
  dense_1_bias: tensor('float32', [2], Float32Array.of(0, 0)),
};
const dataset = (...pairs: (readonly [number, number])[]): Dataset =>
  toValue(
    sequence(example),
    pairs.map(([x, y]) => ({ x: [x], y })),
  ) as Dataset;

// Taken for 1, 1, 0, 0 and 1; recall is 2 of 3 for class 1, and 1 of 2 for class 0.
const rows = [
  [1, 1],
  [2, 0],
  [-1, 0],
  [-2, 1],
  [3, 1],
] as const;

describe('metrics of sums', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createOnnxEngine();
  });
  afterAll(() => engine.dispose());

  test('`evaluateModel` gives numbers, and tensors as they are', async () => {
    const run = localRunner(engine);
    const result = await evaluateModel({ model, weights, dataset: dataset(...rows), run, batchSize: 2 });
    expect(result['recall']).toBeCloseTo((2 / 3 + 1 / 2) / 2, 6);
    expect([...(result['confusion'] as unknown as { data: Int32Array }).data]).toEqual([1, 1, 1, 2]);
    expect(result['accuracy']).toBeCloseTo(3 / 5, 6);
    expect(result['examples']).toBe(5);
  });

  test('`federatedEvaluation` gives the same of clients, and how they differ', async () => {
    const distribution = { recall: { from: 0, to: 1, bins: 4 } };
    const computation = federatedEvaluation({ model, batchSize: 2, distribution });
    const data = [dataset(...rows.slice(0, 2)), dataset(...rows.slice(2))];
    const run = localRunner(engine);
    const result = (await evaluate(computation, { model: weights, data } as never, { run })) as never as {
      readonly recall: number;
      readonly confusion: { readonly data: Int32Array };
      readonly distribution: { readonly recall: { readonly mean: number } };
    };
    expect(result.recall).toBeCloseTo((2 / 3 + 1 / 2) / 2, 6);
    expect([...result.confusion.data]).toEqual([1, 1, 1, 2]);
    // The first client has recalls 1 and 0, the second 1/2 and 1.
    expect(result.distribution.recall.mean).toBeCloseTo((0.5 + 0.75) / 2, 6);
  });

  test('`federatedEvaluation` refuses bins of a matrix', () => {
    const bins = { from: 0, to: 1, bins: 2 };
    expect(() => federatedEvaluation({ model, distribution: { confusion: bins } })).toThrow(
      "distribution needs one of loss, accuracy, recall, got 'confusion'",
    );
  });

  test('`evaluateModel` shows a label that is no class', async () => {
    const run = localRunner(engine);
    const result = await evaluateModel({ model, weights, dataset: dataset([1, 1], [1, 2]), run });
    expect(result['recall']).toBeNaN();
  });

  test('`federatedAveraging` measures them while it trains', async () => {
    const process = federatedAveraging({ model, clientOptimizer: sgd({ learningRate: 0 }), batchSize: 2 });
    const data = [dataset(...rows.slice(0, 2)), dataset(...rows.slice(2))];
    // From weights of 0 the scores are equal, and the first class is the largest.
    const { metrics } = await roundOf(process, { data });
    expect([...(metrics['confusion'] as { readonly data: Int32Array }).data]).toEqual([2, 0, 3, 0]);
    expect(metrics['recall']).toBeCloseTo(0.5, 6);
  });

  test('`metricOn` measures a functionModel', async () => {
    const point = struct({ x: float32(), y: float32() });
    const line = functionModel({
      example: point,
      initialWeights: { w: tensor('float32', [], Float32Array.of(1)) },
      loss: ({ w }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
        meanSquaredError(y, tf.mul(x, w)),
      metrics: {
        rSquared: metricOn(
          rSquared(),
          ({ w }: { readonly w: tf.Tensor }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) => ({
            labels: y,
            outputs: tf.mul(x, w),
          }),
        ),
      },
    });
    // Errors −1, 0 and 1 of 1, 2 and 3, whose squares about their mean are 2: 1 − 2 / 2.
    const points = [
      { x: 2, y: 1 },
      { x: 2, y: 2 },
      { x: 2, y: 3 },
    ];
    const data = toValue(sequence(point), points) as Dataset;
    const run = localRunner(engine);
    const at = tensor('float32', [], Float32Array.of(1));
    expect(await evaluateModel({ model: line, weights: { w: at }, dataset: data, run })).toMatchObject({
      rSquared: expect.closeTo(0, 6),
    });
  });

  test('terms of another type are refused where the model is made', () => {
    const odd = { ...recall(), terms: () => tf.ones([7, 2]) };
    expect(() =>
      layersModel(() => tfl.sequential({ layers: [tfl.layers.dense({ units: 1, inputShape: [1] })] }), {
        example,
        loss: meanSquaredError,
        metrics: { odd },
      }),
    ).toThrow("its metric 'odd' must give terms [batch, 3, 1] of int32, got float32[7,2]");
  });
});
