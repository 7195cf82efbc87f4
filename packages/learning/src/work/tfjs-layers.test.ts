// Every layer of tf.js that can train does so alike on both engines: one epoch of client work, with a short last batch.
import { createOnnxEngine, createTfjsEngine, type Engine, localRunner, tfl } from '@starling/compute';
import { type Dataset, float32, generator, int32, seedFrom, struct, tensor } from '@starling/federated-core';
import { flatten } from '@starling/federated-core/plan';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { layersModel } from '../models/layers-model.js';
import { sgd } from '../optimizers/sgd.js';
import { localTraining } from './local-training.js';

type Layer = tfl.layers.Layer;
const L = tfl.layers;
const FEATURES = 128;
const EXAMPLES = 7;

/** `layers` on inputs of `shape`, then a classifier. */
const on =
  (shape: number[], ...layers: (() => Layer)[]) =>
  (): tfl.LayersModel => {
    const model = tfl.sequential({
      layers: [L.reshape({ targetShape: shape, inputShape: [FEATURES] }), ...layers.map((make) => make())],
    });
    if ((model.outputs[0] as tfl.SymbolicTensor).rank > 2) model.add(L.flatten());
    model.add(L.dense({ units: 3 }));
    return model;
  };
const onImage = (...layers: (() => Layer)[]) => on([8, 8, 2], ...layers);
const onVolume = (...layers: (() => Layer)[]) => on([4, 4, 4, 2], ...layers);
const onSequence = (...layers: (() => Layer)[]) => on([8, 16], ...layers);
const activations = ['softplus', 'softsign', 'hardSigmoid', 'swish', 'mish', 'relu6', 'elu', 'gelu'] as const;

const models: Record<string, () => tfl.LayersModel> = {
  dropout: onImage(() => L.dropout({ rate: 0.5 })),
  alphaDropout: onImage(() => L.alphaDropout({ rate: 0.3 })),
  gaussianNoise: onImage(() => L.gaussianNoise({ stddev: 0.3 })),
  gaussianDropout: onImage(() => L.gaussianDropout({ rate: 0.3 })),
  spatialDropout1d: onSequence(() => L.spatialDropout1d({ rate: 0.5 })),
  activation: onImage(...activations.map((activation) => () => L.activation({ activation }))),
  'activation logSoftmax': onImage(() => L.activation({ activation: 'logSoftmax' as 'softmax' })),
  softmax: onImage(() => L.softmax({ axis: -1 })),
  prelu: onImage(() => L.prelu()),
  leakyReLU: onImage(() => L.leakyReLU()),
  thresholdedReLU: onImage(() => L.thresholdedReLU()),
  separableConv2d: onImage(() => L.separableConv2d({ filters: 3, kernelSize: 3, activation: 'selu' })),
  'conv2d of stride 2': onImage(() => L.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })),
  'depthwiseConv2d of stride 2': onImage(() =>
    L.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same' }),
  ),
  'dilated conv2d': onImage(() => L.conv2d({ filters: 2, kernelSize: 3, dilationRate: 2 })),
  'dilated depthwiseConv2d': onImage(() =>
    L.depthwiseConv2d({ kernelSize: 3, dilationRate: [2, 1], depthMultiplier: 2, padding: 'same' }),
  ),
  'dilated separableConv2d': onImage(() => L.separableConv2d({ filters: 3, kernelSize: 2, dilationRate: 3 })),
  conv2dTranspose: onImage(() =>
    L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' }),
  ),
  upSampling2d: onImage(() => L.upSampling2d({})),
  zeroPadding2d: onImage(() => L.zeroPadding2d({})),
  cropping2D: onImage(() => L.cropping2D({ cropping: [[1, 1], [2, 1]] })), // biome-ignore format: one layer a line
  conv3d: onVolume(() => L.conv3d({ filters: 2, kernelSize: 2, activation: 'relu' })),
  'conv3d of stride 2': onVolume(() => L.conv3d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' })),
  conv3dTranspose: onVolume(() => L.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2 }) as Layer),
  maxPooling3d: onVolume(() => L.maxPooling3d({ poolSize: [1, 2, 3], strides: 1 })),
  averagePooling3d: onVolume(() => L.averagePooling3d({ poolSize: 3, strides: 2, padding: 'same' })),
  permute: onImage(() => L.permute({ dims: [3, 1, 2] })),
  'overlapping maxPooling2d': onImage(() => L.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' })),
  'overlapping averagePooling2d': onImage(() =>
    L.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  ),
  globalMaxPooling2d: onImage(() => L.globalMaxPooling2d({})),
  conv1d: onSequence(() => L.conv1d({ filters: 3, kernelSize: 3, padding: 'same' })),
  'causal conv1d': onSequence(() =>
    L.conv1d({ filters: 3, kernelSize: 3, padding: 'causal', dilationRate: 2 }),
  ),
  'pooling over time': onSequence(() => L.maxPooling1d({ poolSize: 2 }), () => L.averagePooling1d({ poolSize: 2 })), // biome-ignore format: one layer a line
  simpleRNN: onSequence(() => L.simpleRNN({ units: 4, returnSequences: true })),
  lstm: onSequence(() => L.lstm({ units: 4, recurrentActivation: 'sigmoid' })),
  'lstm with dropout': onSequence(() => L.lstm({ units: 4, dropout: 0.2, recurrentDropout: 0.2 })),
  'gru backwards': onSequence(() => L.gru({ units: 4, goBackwards: true })),
  bidirectional: onSequence(() => L.bidirectional({ layer: L.lstm({ units: 3 }), mergeMode: 'concat' })),
  timeDistributed: onSequence(() => L.timeDistributed({ layer: L.dense({ units: 3 }) })),
  masking: onSequence(() => L.masking({ maskValue: 0 }), () => L.lstm({ units: 3 })), // biome-ignore format: one layer a line
  'stacked cells with dropout': onSequence(() =>
    L.rnn({
      cell: [L.lstmCell({ units: 3, dropout: 0.3 }), L.gruCell({ units: 2, recurrentDropout: 0.2 })],
    }),
  ),
  'layerNormalization without gain and bias': onSequence(() =>
    L.layerNormalization({ scale: false, center: false }),
  ),
  'bilinear upSampling2d': onImage(() => L.upSampling2d({ size: [2, 3], interpolation: 'bilinear' })),
  'conv2d with channels first': on([2, 8, 8], () =>
    L.conv2d({ filters: 3, kernelSize: 3, dataFormat: 'channelsFirst' }),
  ),
  convLstm2d: on([2, 8, 8, 1], () => L.convLstm2d({ filters: 2, kernelSize: 3 }) as Layer),
  repeatVector: on([FEATURES], () => L.repeatVector({ n: 3 }), () => L.gru({ units: 3 })), // biome-ignore format: one layer a line
  'a model within a model': () =>
    tfl.sequential({
      layers: [
        tfl.sequential({ layers: [L.dense({ units: 5, inputShape: [FEATURES] }), L.batchNormalization()] }),
        L.dense({ units: 3 }),
      ],
    }),
  'merging layers': merging,
};

/** A functional model whose branches meet in every way. */
function merging(): tfl.LayersModel {
  const input = tfl.input({ shape: [FEATURES] });
  const symbolic = (value: unknown): tfl.SymbolicTensor => value as tfl.SymbolicTensor;
  const left = symbolic(L.dense({ units: 6, activation: 'relu' }).apply(input));
  const right = symbolic(L.dense({ units: 6 }).apply(input));
  const sum = symbolic(L.add().apply([left, right]));
  const product = symbolic(L.multiply().apply([sum, right]));
  const largest = symbolic(L.maximum().apply([product, left]));
  const smallest = symbolic(L.minimum().apply([largest, right]));
  const mean = symbolic(L.average().apply([smallest, sum]));
  const similarity = symbolic(L.dot({ axes: 1 }).apply([mean, left]));
  const all = symbolic(L.concatenate().apply([sum, mean, similarity]));
  return tfl.model({ inputs: input, outputs: symbolic(L.dense({ units: 3 }).apply(all)) });
}

const random = generator(seedFrom(3));
const data: Dataset = {
  length: EXAMPLES,
  columns: {
    x: tensor(
      'float32',
      [EXAMPLES, FEATURES],
      Float32Array.from({ length: EXAMPLES * FEATURES }, random.normal),
    ),
    y: tensor(
      'int32',
      [EXAMPLES],
      Int32Array.from({ length: EXAMPLES }, () => random.below(3)),
    ),
  },
};
const trained = async (engine: Engine, build: () => tfl.LayersModel): Promise<readonly number[]> => {
  const example = struct({ x: float32(FEATURES), y: int32() });
  const model = layersModel(build, { example, loss: softmaxCrossentropy, seed: seedFrom(1) });
  const work = localTraining(model, {
    optimizer: sgd({ learningRate: 0.05 }),
    epochs: 2,
    batchSize: 3,
    weighting: 'examples',
  });
  const argument = flatten(work.type.parameter!, { weights: model.initialWeights, data });
  const leaves = await localRunner(engine)(work, argument, seedFrom(5));
  return leaves.flatMap((leaf) => Array.from(leaf.data as Float32Array));
};

describe('layersModel', () => {
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

  for (const [name, build] of Object.entries(models)) {
    test(`trains ${name} alike on both engines`, async () => {
      const actual = await trained(onnx, build);
      const expected = await trained(tfjs, build);
      const largest = Math.max(...expected.map(Math.abs));
      const apart = Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] as number))));
      expect(largest).toBeGreaterThan(0);
      expect(apart / largest).toBeLessThan(1e-5);
    });
  }

  test('names the kernel when it is not known', async () => {
    const cropped = onImage(() => L.centerCrop({ height: 4, width: 6 }));
    await expect(trained(onnx, cropped)).rejects.toThrow('CropAndResize');
  });
});
