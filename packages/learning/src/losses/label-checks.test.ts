// Labels that are no classes: what losses and metrics make of them, and what becomes of a client that holds one.
import {
  createOnnxEngine,
  createTfjsEngine,
  type Engine,
  localComputation,
  localRunner,
  sequenceReduce,
  tf,
  tfl,
} from '@starling/compute';
import {
  type Dataset,
  type DType,
  evaluate,
  float32,
  seedFrom,
  sequence,
  struct,
  type Tensor,
  tensor,
  tensorType,
  toValue,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { federatedAveraging } from '../algorithms/federated-averaging.js';
import { federatedEvaluation } from '../algorithms/federated-evaluation.js';
import { evaluateModel } from '../evaluation/model-evaluation.js';
import { accuracy } from '../metrics/accuracy.js';
import { binaryAccuracy } from '../metrics/binary-accuracy.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import type { Loss } from './loss.js';
import { meanAbsoluteError } from './mean-absolute-error.js';
import { meanSquaredError } from './mean-squared-error.js';
import { sigmoidCrossentropy } from './sigmoid-crossentropy.js';
import { softmaxCrossentropy } from './softmax-crossentropy.js';

const finite = (values: tf.Tensor): boolean[] => [...values.dataSync()].map(Number.isFinite);
const logits = (rows: number, columns: number): tf.Tensor2D => tf.ones([rows, columns]);

describe('softmaxCrossentropy and accuracy', () => {
  test.each([softmaxCrossentropy, accuracy])('%o are finite for classes alone', (compute) => {
    const labels = tf.tensor1d([0, 2, 3, -1, 2147483647, -2147483648], 'int32');
    expect(finite(compute(labels, logits(6, 3)))).toEqual([true, true, false, false, false, false]);
    // Floats that are whole are classes; 1.5 is none, and neither is NaN.
    const floats = tf.tensor1d([0, 2, 1.5, Number.NaN, 3, -0.5]);
    expect(finite(compute(floats, logits(6, 3)))).toEqual([true, true, false, false, false, false]);
  });

  test.each([
    ['256 classes, one-hot by a table', 256],
    ['257 classes, one-hot by comparison', 257],
  ])('the loss is the same for %s', (_, classes) => {
    // Equal scores: the log of the number of classes, whatever the label.
    const labels = [0, 1, classes - 1, classes, -1, 2147483647];
    for (const dtype of ['int32', 'float32'] as const) {
      const losses = softmaxCrossentropy(tf.tensor1d(labels, dtype), logits(6, classes)).dataSync();
      for (const loss of losses.slice(0, 3)) expect(loss).toBeCloseTo(Math.log(classes), 5);
      for (const loss of losses.slice(3)) expect(Number.isFinite(loss)).toBe(false);
    }
    // With a score of 5 at the label and 0 elsewhere: log(e⁵ + C − 1) − 5.
    const scores = tf.mul(tf.oneHot(tf.tensor1d([classes - 1], 'int32'), classes), 5);
    const [loss] = softmaxCrossentropy(tf.tensor1d([classes - 1], 'int32'), scores).dataSync();
    expect(loss).toBeCloseTo(Math.log(Math.exp(5) + classes - 1) - 5, 5);
  });

  test.each([softmaxCrossentropy, accuracy])(
    '%o are not finite where one of several places is bad',
    (compute) => {
      const labels = tf.tensor2d([0, 1, 1, 9], [2, 2], 'int32');
      expect(finite(compute(labels, tf.ones([2, 2, 3])))).toEqual([true, false]);
    },
  );
});

describe('sigmoidCrossentropy', () => {
  test('is finite for labels from 0 to 1', () => {
    const labels = tf.tensor1d([0, 1, 0.3, -0.1, 2, Number.NaN]);
    const losses = sigmoidCrossentropy(labels, logits(6, 1));
    expect(finite(losses)).toEqual([true, true, true, false, false, false]);
    expect(finite(sigmoidCrossentropy(tf.tensor2d([[1, 0, 5]]), logits(1, 3)))).toEqual([false]);
    expect(finite(sigmoidCrossentropy(tf.tensor1d([true, false], 'bool'), logits(2, 1)))).toEqual([
      true,
      true,
    ]);
  });
});

describe('binaryAccuracy', () => {
  test('is finite for 0, 1 and bools', () => {
    expect(finite(binaryAccuracy(tf.tensor1d([0, 1, 0.3, 2, -1]), logits(5, 1)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(finite(binaryAccuracy(tf.tensor1d([true, false], 'bool'), logits(2, 1)))).toEqual([true, true]);
  });
});

const numbers = (values: Tensor | undefined): number[] => Array.from(values?.data as Float32Array);

describe('losses and metrics of labels and outputs', () => {
  test.each([
    softmaxCrossentropy,
    sigmoidCrossentropy,
    meanSquaredError,
    meanAbsoluteError,
    accuracy,
    binaryAccuracy,
  ])('%o called where it should be given says so, and where', (compute) => {
    const early = (): unknown => (compute as () => unknown)();
    expect(early).toThrow(
      `Cannot compute ${compute.name}: need tensors of labels and outputs, got undefined and undefined. Where a function is asked for give ${compute.name}, without calling it`,
    );
    expect(early).toThrow(/\n {4}at .*label-checks\.test\.ts:\d+:\d+$/);
  });

  const labels = (...shape: number[]): tf.Tensor => tf.zeros(shape, 'int32');
  test.each([softmaxCrossentropy, accuracy])(
    '%o throw when labels are not those of the scores',
    (compute) => {
      // [4, 1] against [4] would be broadcast to [4, 4].
      for (const bad of [labels(4, 1), labels(4, 3), labels(3)]) {
        expect(() => compute(bad, logits(4, 3))).toThrow(
          `Cannot compute ${compute.name}: labels must have the shape of outputs without its last axis, got labels [${bad.shape.join(', ')}] and outputs [4, 3]`,
        );
      }
      expect(() => compute(labels(4), tf.ones([4, 2, 3]))).toThrow('labels must have the shape of outputs');
    },
  );

  test.each([sigmoidCrossentropy, meanSquaredError])(
    '%o throw when a label would stand for several outputs',
    (loss) => {
      for (const bad of [labels(4), labels(4, 1)]) {
        expect(() => loss(bad, logits(4, 3))).toThrow(
          `Cannot compute ${loss.name}: labels and outputs must have as many elements, got labels [${bad.shape.join(', ')}] and outputs [4, 3]`,
        );
      }
      expect(loss(labels(4, 3, 1), logits(4, 3)).shape).toEqual([4]);
    },
  );
});

interface Column {
  readonly x: readonly number[];
  readonly y: number;
}

/** `units` outputs of two inputs, from zeros. */
function linear(loss: Loss, units: number, dtype: DType, metrics = {}) {
  const zeros = { kernelInitializer: 'zeros' as const };
  return layersModel(
    () => tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [2], units, ...zeros })] }),
    { example: struct({ x: float32(2), y: tensorType(dtype, []) }), loss, metrics },
  );
}

const good: readonly Column[] = [
  { x: [1, 0], y: 0 },
  { x: [0, 1], y: 1 },
  { x: [1, 1], y: 1 },
];
const withLabel = (y: number): readonly Column[] => [...good, { x: [2, 1], y }];
const models = [
  ['softmaxCrossentropy of int32', linear(softmaxCrossentropy, 3, 'int32', { accuracy }), [3, -1]],
  ['softmaxCrossentropy of uint8', linear(softmaxCrossentropy, 3, 'uint8'), [3, 255]],
  ['softmaxCrossentropy of float32', linear(softmaxCrossentropy, 3, 'float32'), [3, 0.5]],
  ['sigmoidCrossentropy', linear(sigmoidCrossentropy, 1, 'float32', { binaryAccuracy }), [2, -1]],
] as const;

describe.each([
  ['onnx', createOnnxEngine],
  ['tfjs', createTfjsEngine],
] as const)('on %s', (_, create) => {
  const withEngine = async <T>(use: (engine: Engine) => Promise<T>): Promise<T> => {
    const engine = await create();
    try {
      return await use(engine);
    } finally {
      await engine.dispose();
    }
  };

  test.each(models)(
    '%s: a client with a label that is none is refused, and the others train',
    async (_name, model, bad) => {
      await withEngine(async (engine) => {
        const run = localRunner(engine);
        const { initialize, next } = federatedAveraging({
          model,
          clientOptimizer: sgd({ learningRate: 0.5 }),
          batchSize: 2,
        });
        const state: unknown = await evaluate(initialize, undefined, { run });
        const alone = await evaluate(next, { state, data: [good] }, { run });
        for (const label of bad) {
          const data = [good, withLabel(label)];
          expect(await evaluate(next, { state, data }, { run })).toEqual(alone);
        }
      });
    },
  );

  test.each(models)('%s: an evaluation shows it, and refuses the client', async (_name, model, bad) => {
    await withEngine(async (engine) => {
      const run = localRunner(engine);
      const evaluation = federatedEvaluation({ model, batchSize: 2 });
      const weights = model.initialWeights;
      const alone = await evaluate(evaluation, { model: weights, data: [good] }, { run });
      for (const label of bad) {
        const data = [good, withLabel(label)];
        expect(await evaluate(evaluation, { model: weights, data }, { run })).toEqual(alone);
        const dataset = toValue(sequence(model.example), withLabel(label)) as Dataset;
        const metrics = await evaluateModel({ model, weights, dataset, run });
        expect(Number.isFinite(metrics['loss'])).toBe(false);
        expect(metrics['examples']).toBe(4);
      }
    });
  });

  test('a bad label spoils the gradient, too, for those who use the loss in work of their own', async () => {
    await withEngine(async (engine) => {
      const local = localComputation({ data: sequence(struct({ y: tensorType('int32', []) })) }, ({ data }) =>
        sequenceReduce(data.batch(2), tf.zeros([1, 3]), (w, { y }) => {
          const loss = (weights: tf.Tensor): tf.Tensor =>
            tf.sum(softmaxCrossentropy(y, tf.add(tf.zeros([2, 3]), weights)));
          return tf.sub(w, tf.grad(loss)(w));
        }),
      );
      const run = localRunner(engine);
      const labels = (...ys: number[]) => [tensor('int32', [ys.length], Int32Array.from(ys))];
      const [fine] = await run(local, labels(0, 2, 1, 1), seedFrom(1));
      expect(numbers(fine).every(Number.isFinite)).toBe(true);
      const [spoilt] = await run(local, labels(0, 2, 1, 3), seedFrom(1));
      expect(numbers(spoilt).some(Number.isFinite)).toBe(false);
    });
  });
});
