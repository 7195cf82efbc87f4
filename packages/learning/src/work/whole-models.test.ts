// Whole models through client work: engines agree, so does their code run eagerly, and a padded batch trains like the
// short one.
import { createOnnxEngine, createTfjsEngine, type Engine, localRunner, tf, tfl } from '@starling/compute';
import { eagerRunner } from '@starling/compute/eager';
import {
  float32,
  generator,
  int32,
  type LocalComputation,
  type LocalRunner,
  type StructType,
  seedFrom,
  struct,
  type Tensor,
  tensor,
  type Value,
} from '@starling/federated-core';
import { flatten } from '@starling/federated-core/plan';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { groupNormalization } from '../layers/group-normalization.js';
import type { Loss } from '../losses/loss.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { accuracy } from '../metrics/accuracy.js';
import type { Model } from '../model/model.js';
import { functionModel } from '../models/function-model.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import { localTraining } from './local-training.js';

const L = tfl.layers;
const image = struct({ x: float32(8, 8, 1), y: int32() });
const text = struct({ x: int32(6), y: int32() });
const CLASSES = 4;
const WORDS = 11;

const layered = (
  example: StructType,
  layers: () => tfl.layers.Layer[],
  loss: Loss = softmaxCrossentropy,
): Model =>
  layersModel(() => tfl.sequential({ layers: layers() }), {
    example,
    loss,
    metrics: { accuracy },
    seed: seedFrom(3),
  });

const models: Record<string, () => Model> = {
  'dense net': () =>
    layered(image, () => [
      L.flatten({ inputShape: [8, 8, 1] }),
      L.dense({ units: 16, activation: 'tanh', kernelRegularizer: tfl.regularizers.l2({ l2: 0.01 }) }),
      L.dense({ units: CLASSES }),
    ]),
  'dense net with a softmax and a loss of tf.js': () =>
    layered(
      image,
      () => [
        L.flatten({ inputShape: [8, 8, 1] }),
        L.dense({ units: CLASSES, activation: 'softmax', kernelInitializer: 'heUniform' }),
      ],
      (labels, outputs) => tfl.metrics.categoricalCrossentropy(tf.oneHot(labels, CLASSES), outputs),
    ),
  'normalised CNN': () =>
    layered(image, () => [
      L.conv2d({ filters: 4, kernelSize: 3, padding: 'same', inputShape: [8, 8, 1] }),
      L.batchNormalization(),
      L.reLU(),
      L.maxPooling2d({ poolSize: 2 }),
      L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      L.layerNormalization(),
      L.elu(),
      L.globalAveragePooling2d({}),
      L.dense({ units: CLASSES }),
    ]),
  'group-normalised CNN': () =>
    layered(image, () => [
      L.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1] }),
      groupNormalization({ groups: 2 }),
      L.reLU(),
      L.flatten(),
      L.dense({ units: CLASSES }),
    ]),
  'transposed CNN': () =>
    layered(image, () => [
      L.conv2d({ filters: 3, kernelSize: 3, strides: 2, activation: 'relu', inputShape: [8, 8, 1] }),
      L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, activation: 'sigmoid' }),
      L.averagePooling2d({ poolSize: 2 }),
      L.flatten(),
      L.dense({ units: CLASSES }),
    ]),
  'convolution over time': () =>
    layered(text, () => [
      L.embedding({ inputDim: WORDS, outputDim: 5, inputLength: 6 }),
      L.conv1d({ filters: 4, kernelSize: 3, activation: 'relu' }),
      L.globalMaxPooling1d({}),
      L.dense({ units: CLASSES }),
    ]),
  LSTM: () =>
    layered(text, () => [
      L.embedding({ inputDim: WORDS, outputDim: 5, inputLength: 6 }),
      L.lstm({ units: 6, returnSequences: true }),
      L.lstm({ units: 5 }),
      L.dense({ units: CLASSES }),
    ]),
  GRU: () =>
    layered(text, () => [
      L.embedding({ inputDim: WORDS, outputDim: 5, inputLength: 6 }),
      L.gru({ units: 6 }),
      L.dense({ units: CLASSES }),
    ]),
  'net of noise and dropout': () =>
    layered(image, () => [
      L.gaussianNoise({ stddev: 0.1, inputShape: [8, 8, 1] }),
      L.flatten(),
      L.dense({ units: 8, activation: 'relu' }),
      L.dropout({ rate: 0.5 }),
      L.gaussianDropout({ rate: 0.25 }),
      L.dense({ units: 8, activation: 'selu' }),
      L.alphaDropout({ rate: 0.1 }),
      L.dense({ units: CLASSES }),
    ]),
  'LSTM with dropout': () =>
    layered(text, () => [
      L.embedding({ inputDim: WORDS, outputDim: 5, inputLength: 6 }),
      L.bidirectional({ layer: L.lstm({ units: 4, dropout: 0.5, recurrentDropout: 0.25 }) as tfl.RNN }),
      L.dense({ units: CLASSES }),
    ]),
  'attention by a plain function': attention,
};

/** One head of self-attention over 6 words, by tensors alone. */
function attention(): Model {
  const random = generator(seedFrom(9));
  const weight = (...shape: number[]): Tensor => {
    const size = shape.reduce((product, length) => product * length, 1);
    return tensor(
      'float32',
      shape,
      Float32Array.from({ length: size }, () => 0.3 * random.normal()),
    );
  };
  return functionModel({
    example: text,
    initialWeights: {
      words: weight(WORDS, 8),
      query: weight(8, 8),
      key: weight(8, 8),
      value: weight(8, 8),
      out: weight(8, CLASSES),
    },
    loss: (w, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) => {
      const batch = x.shape[0] as number;
      const embedded = tf.gather(w.words, x);
      const project = (by: tf.Tensor): tf.Tensor =>
        tf.reshape(tf.matMul(tf.reshape(embedded, [batch * 6, 8]), by), [batch, 6, 8]);
      const scores = tf.div(tf.matMul(project(w.query), project(w.key), false, true), Math.sqrt(8));
      const attended = tf.matMul(tf.softmax(scores), project(w.value));
      return softmaxCrossentropy(y, tf.matMul(tf.mean(attended, 1), w.out));
    },
  });
}

/** `count` examples drawn by one seed: the first are the same whatever the count. */
function examples(model: Model, count: number): Value {
  const random = generator(seedFrom(5));
  const ofImages = model.example === image;
  const rows = Array.from({ length: count }, () => ({
    x: Array.from({ length: ofImages ? 64 : 6 }, () => (ofImages ? random.uniform() : random.below(WORDS))),
    y: random.below(CLASSES),
  }));
  const x = rows.flatMap((row) => row.x);
  return {
    length: count,
    columns: {
      x: ofImages
        ? tensor('float32', [count, 8, 8, 1], Float32Array.from(x))
        : tensor('int32', [count, 6], Int32Array.from(x)),
      y: tensor(
        'int32',
        [count],
        Int32Array.from(rows, (row) => row.y),
      ),
    },
  };
}

describe('localTraining', () => {
  let onnx: Engine;
  let tfjs: Engine;
  beforeAll(async () => {
    onnx = await createOnnxEngine();
    tfjs = await createTfjsEngine();
  });
  afterAll(async () => {
    await onnx.dispose();
    await tfjs.dispose();
  });

  const trained = async (run: LocalRunner, model: Model, batchSize: number, count: number) => {
    const work: LocalComputation = localTraining(model, {
      optimizer: sgd({ learningRate: 0.1 }),
      epochs: 1,
      batchSize,
      weighting: 'examples',
    });
    const argument = { weights: model.initialWeights, data: examples(model, count) };
    const leaves = await run(work, flatten(work.type.parameter!, argument), seedFrom(1));
    return leaves.flatMap((leaf) => Array.from(leaf.data as Float32Array));
  };
  const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
    expect(actual.length).toBe(expected.length);
    const largest = Math.max(...expected.map(Math.abs));
    const apart = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] as number))));
    expect(apart / largest).toBeLessThan(1e-5);
    expect(largest).toBeGreaterThan(0);
  };

  for (const [name, make] of Object.entries(models)) {
    test(`trains a ${name} alike on both engines, and eagerly`, async () => {
      const model = make();
      const onOnnx = await trained(localRunner(onnx), model, 3, 5);
      expectClose(onOnnx, await trained(localRunner(tfjs), model, 3, 5));
      expectClose(onOnnx, await trained(eagerRunner().run, model, 3, 5));
    });

    if (/dropout/.test(name)) continue; // numbers are drawn for whole batches, so that a padded one has others
    test(`trains a ${name} on a padded batch as on the short one`, async () => {
      const model = make();
      const run = localRunner(onnx);
      expectClose(await trained(run, model, 7, 4), await trained(run, model, 4, 4));
    });
  }
});
