// The engines agree: federated averaging of a dense and a convolutional model ends within 1e-5 of the same state
// on onnx and on tfjs, and each engine ends in the same bits on threads as in process.
import { tfl } from '@starling/compute';
import { linearTeacher, linearTeacherExample } from '@starling/datasets';
import { seedFrom, type Tensor } from '@starling/federated-core';
import { federatedAveraging, layersModel, sgd, softmaxCrossentropy } from '@starling/learning';
import { uniformSampler } from '@starling/population';
import {
  type EngineChoice,
  inProcessRuntime,
  type Runtime,
  runRounds,
  threadsRuntime,
} from '@starling/runtime';
import { assert, describe, test } from 'vitest';

const CLIENTS = 6;
const CLASSES = 5;
/** 17 is no multiple of the batch: the last batch is short, and masked. */
const population = linearTeacher({ clients: CLIENTS, examples: 17, classes: CLASSES, seed: seedFrom(1) });

const models = {
  dense: () =>
    tfl.sequential({
      layers: [
        tfl.layers.flatten({ inputShape: [28, 28, 1] }),
        tfl.layers.dense({ units: 16, activation: 'relu' }),
        tfl.layers.dense({ units: CLASSES }),
      ],
    }),
  convolutional: () =>
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          inputShape: [28, 28, 1],
          filters: 4,
          kernelSize: 5,
          strides: 3,
          activation: 'relu',
        }),
        tfl.layers.maxPooling2d({ poolSize: 2 }),
        tfl.layers.flatten(),
        tfl.layers.dropout({ rate: 0.25 }),
        tfl.layers.dense({ units: CLASSES }),
      ],
    }),
} as const;

const runs = (build: () => tfl.LayersModel) => {
  const model = layersModel(build, {
    loss: softmaxCrossentropy,
    example: linearTeacherExample,
    seed: seedFrom(2),
  });
  const process = federatedAveraging({ model, clientOptimizer: sgd({ learningRate: 0.1 }), batchSize: 5 });
  return (runtime: Runtime, engine: EngineChoice) =>
    runRounds({
      process,
      runtime,
      population,
      sampler: uniformSampler({ cohortSize: 4 }),
      rounds: 2,
      seed: 3,
      engine,
    });
};

describe.each(Object.entries(models))('%s model', (_, build) => {
  const run = runs(build);
  const onnx = 'onnx';
  const tfjs = 'tfjs-cpu';

  test('ends within 1e-5 on onnx and on tfjs', async () => {
    const [left, right] = [
      await run(inProcessRuntime({ engine: onnx }), onnx),
      await run(inProcessRuntime({ engine: tfjs }), tfjs),
    ];
    assert.equal(left.state.length, right.state.length);
    left.state.forEach((leaf, index) => void assertClose(leaf, right.state[index]!));
  });

  test.each([onnx, tfjs])('ends in the same bits on threads as in process on %s', async (engine) => {
    const expected = await run(inProcessRuntime({ engine }), engine);
    const actual = await run(threadsRuntime({ engine, workers: 2 }), engine);
    assert.equal(actual.stateHash, expected.stateHash);
  });
});

/** Within 1e-5 of each other, relative to the largest number of the tensor. */
function assertClose(left: Tensor, right: Tensor): void {
  const [a, b] = [left.data as Float32Array, right.data as Float32Array];
  const scale = a.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const gap = a.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b[index]!)), 0);
  assert.isAtMost(gap, 1e-5 * Math.max(scale, 1e-3));
}
