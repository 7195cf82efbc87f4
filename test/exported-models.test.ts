// `starling export` and `--initial`, as a process: a model that is trained here predicts elsewhere what it predicts
// here, and comes back as the weights that another run starts from.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf, tfl } from '@starling/compute';
import type { Tensor } from '@starling/federated-core';
import { decodeSafetensors } from '@starling/plan/safetensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordOf, startStarling } from './support/starling.js';
import { isLeftOut } from './support/tools.js';

/** Two layers on four numbers, which are halved before they enter; three classes. */
const FEDERATION = `
import { tf, tfl } from '@starling/compute';
import { float32, int32, struct, toValue, sequence } from '@starling/federated-core';
import { accuracy, federatedAveraging, layersModel, sgd, softmaxCrossentropy } from '@starling/learning';
import { populationOf, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const example = struct({ x: float32(4), y: int32() });
const rows = (client: number) =>
  Array.from({ length: 6 }, (_, row) => ({ x: [row, client, row % 2, 1].map((v) => v / 3), y: (row + client) % 3 }));
export default defineFederation({
  name: 'classes',
  description: 'three classes of four numbers',
  options: z.object({ units: z.int().default(5), learningRate: z.number().default(0.5) }),
  build: ({ units, learningRate }) => ({
    process: federatedAveraging({
      model: layersModel(
        () => tfl.sequential({ layers: [
          tfl.layers.dense({ units, activation: 'tanh', inputShape: [4] }),
          tfl.layers.batchNormalization({}),
          tfl.layers.dense({ units: 3 }),
        ] }),
        { name: 'classes', example, features: ({ x }: { readonly x: tf.Tensor }) => tf.mul(x, 0.5), loss: softmaxCrossentropy, metrics: { accuracy } },
      ),
      clientOptimizer: sgd({ learningRate }),
      batchSize: 3,
    }),
    population: populationOf([0, 1, 2, 3].map((client) => toValue(sequence(example), rows(client))), sequence(example)),
    sampler: uniformSampler({ cohortSize: 2 }),
    rounds: 5,
    headline: 'accuracy',
  }),
});
`;

const folder = mkdtempSync(join(tmpdir(), 'starling-export-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'classes.ts'), FEDERATION);
const starling = (...parameters: readonly string[]) =>
  startStarling(parameters, { directory: folder }).finished;
const simulate = (...parameters: readonly string[]) =>
  starling('simulate', './classes.ts', '--runtime', 'in-process', ...parameters);
const read = (path: string): Buffer => readFileSync(join(folder, path));
const weightsIn = (path: string): ReadonlyMap<string, Tensor> => decodeSafetensors(read(path)).tensors;

/** Another interpreter, such as one with onnxruntime, can be named. */
const PYTHON = process.env['STARLING_PYTHON'] ?? 'python3';
const lacksOnnxruntime = isLeftOut(
  'onnxruntime',
  spawnSync(PYTHON, ['-c', 'import numpy, onnxruntime']).status === 0,
);

/** Rows of four numbers, and what they are halved. */
const inputs = [
  [1, 2, 3, 4],
  [-1, 0.5, 0, 8],
];

/** Written out in float64: dense, tanh, batch normalisation by moving averages (epsilon 0.001), dense. */
function predicted(weights: ReadonlyMap<string, Tensor>, x: readonly number[]): readonly number[] {
  const of = (name: string): readonly number[] => Array.from(weights.get(name)!.data as Float32Array);
  const dense = (
    values: readonly number[],
    kernel: readonly number[],
    bias: readonly number[],
  ): readonly number[] =>
    bias.map((start, unit) =>
      values.reduce((sum, value, row) => sum + value * kernel[row * bias.length + unit]!, start),
    );
  const hidden = dense(
    x.map((value) => value / 2),
    of('dense_1_kernel'),
    of('dense_1_bias'),
  ).map(Math.tanh);
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part) =>
    of(`batch_normalization_1_${part}`),
  );
  const normal = hidden.map(
    (value, unit) =>
      ((value - mean![unit]!) / Math.sqrt(variance![unit]! + 0.001)) * gamma![unit]! + beta![unit]!,
  );
  return dense(normal, of('dense_2_kernel'), of('dense_2_bias'));
}

beforeAll(async () => {
  const { code, stderr } = await simulate('--out', 'run');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const [format, ...more] of [['safetensors'], ['tfjs', './classes.ts'], ['tensorboard']]) {
    expect(await starling('export', 'run', ...more, '--format', format!)).toMatchObject({
      code: 0,
      stderr: '',
    });
  }
  const onnx = await starling('export', 'run', './classes.ts', '--format', 'onnx', '--batch', '2');
  expect(onnx).toMatchObject({ code: 0, stdout: 'run/model.onnx\n' });
}, 120_000);

describe('an exported model', () => {
  const expected = (): readonly number[] =>
    inputs.flatMap((x) => predicted(weightsIn('run/model.safetensors'), x));
  /** Sums of ten products of numbers below 10 in float32: a few units of 6e-8 · 10. */
  const DIGITS = 5;

  test('as safetensors has the weights of the last state, by name', () => {
    const state = weightsIn('run/round-00000005.safetensors');
    const weights = weightsIn('run/model.safetensors');
    expect([...weights.keys()].sort()).toEqual(
      [
        ...['dense_1_kernel', 'dense_1_bias', 'dense_2_kernel', 'dense_2_bias'],
        ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map((part) => `batch_normalization_1_${part}`),
      ].sort(),
    );
    for (const [name, tensor] of weights) expect(tensor).toEqual(state.get(`model.${name}`));
  });

  test.skipIf(lacksOnnxruntime)('as ONNX predicts in onnxruntime of Python what its formula gives', () => {
    const script = `
import json, sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1])
[x], [outputs] = session.get_inputs(), session.get_outputs()
found = session.run(None, {x.name: numpy.array(json.loads(sys.argv[2]), numpy.float32)})[0]
print(json.dumps([x.name, x.shape, outputs.name, outputs.shape, found.ravel().tolist()]))`;
    const given = ['-c', script, join(folder, 'run/model.onnx'), JSON.stringify(inputs)];
    const { stdout, stderr } = spawnSync(PYTHON, given, { encoding: 'utf8' });
    const [x, xShape, outputs, shape, found] = JSON.parse(stdout === '' ? JSON.stringify(stderr) : stdout);
    expect([x, xShape, outputs, shape]).toEqual(['x', [2, 4], 'outputs', [2, 3]]);
    for (const [index, value] of expected().entries()) expect(found[index]).toBeCloseTo(value, DIGITS);
  });

  test('as tf.js layers is loaded by tf.js, and predicts the same of features', async () => {
    const { modelTopology, weightsManifest } = JSON.parse(read('run/tfjs/model.json').toString('utf8'));
    const weightData = new Uint8Array(read('run/tfjs/weights.bin')).buffer;
    const weightSpecs = weightsManifest[0].weights;
    const model = await tfl.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
    const outputs = model.predict(tf.mul(tf.tensor2d(inputs.map((row) => [...row])), 0.5)) as tf.Tensor;
    const found = Array.from(outputs.dataSync());
    for (const [index, value] of expected().entries()) expect(found[index]).toBeCloseTo(value, DIGITS);
  });
});

describe('--initial', () => {
  test.each([
    'run/model.safetensors',
    'run/model.onnx',
    'run/tfjs/model.json',
    'run/round-00000005.safetensors',
  ])(
    'starts a run from the weights in %s',
    async (file) => {
      // At rate 0 a round changes nothing that is trained: what the run ends with is what it began with.
      const out = `again-${file.replaceAll('/', '-')}`;
      const done = await simulate(
        '--set',
        'learningRate=0',
        '--rounds',
        '1',
        '--initial',
        file,
        '--out',
        out,
      );
      expect(done).toMatchObject({ code: 0, stderr: '' });
      await starling('export', out, '--format', 'safetensors');
      const before = weightsIn('run/model.safetensors');
      const after = weightsIn(`${out}/model.safetensors`);
      for (const [name, tensor] of before) {
        if (!name.includes('moving')) expect(after.get(name)).toEqual(tensor);
      }
    },
    30_000,
  );

  test('refuses the weights of another model, with both lists', async () => {
    const { code, stderr } = await simulate('--set', 'units=6', '--initial', 'run/model.safetensors');
    expect(code).toBe(2);
    expect(stderr).toContain(
      'Cannot start from run/model.safetensors: need the weights dense_1_kernel float32[4,6], ',
    );
    expect(stderr).toContain('got dense_1_kernel float32[4,5], ');
    expect(stderr).toContain('Missing are dense_1_kernel float32[4,6], ');
  });

  test.each(['run/model.onnx', 'run/model.safetensors'])(
    'refuses %s for a model with frozen layers or adapters, and points to modelFrom',
    async (file) => {
      for (const [name, part, options] of [
        ['frozen', 'frozenModel', "{ freeze: ['dense_1'] }"],
        ['adapted', 'loraModel', '{ rank: 1 }'],
      ] as const) {
        const source = FEDERATION.replace('{ accuracy,', '{ accuracy, frozenModel, loraModel,')
          .replace('model: layersModel(', `model: ${part}(layersModel(`)
          .replace('metrics: { accuracy } },\n      ),', `metrics: { accuracy } },\n      ), ${options}),`);
        writeFileSync(join(folder, `${name}.ts`), source);
        const { code, stderr } = await starling('simulate', `./${name}.ts`, '--initial', file);
        expect(code).toBe(2);
        expect(stderr).toContain('dense_1_kernel float32[4,5]');
        expect(stderr).toContain('modelFrom(model, weights)');
      }
    },
    60_000,
  );

  test('refuses a file that is none', async () => {
    writeFileSync(join(folder, 'no.onnx'), 'no model');
    expect((await simulate('--initial', 'no.onnx')).stderr).toMatch(/^Cannot read weights from no\.onnx: /);
    expect((await simulate('--initial', 'none.safetensors')).stderr).toMatch(
      /^Cannot read weights from none/,
    );
    expect((await simulate('--initial', 'classes.ts')).stderr).toContain(
      'need a .safetensors, .onnx or .json file',
    );
  });

  test('is part of what a run must be the same in', async () => {
    const { code, stderr } = await simulate('--initial', 'run/model.safetensors', '--out', 'run', '--resume');
    expect(code).toBe(2);
    expect(stderr).toContain('initialize: ');
  });
});

describe('an exported record', () => {
  const lacksTensorboard = isLeftOut(
    'tensorboard',
    spawnSync(PYTHON, ['-c', 'import tensorboard.backend.event_processing']).status === 0,
  );
  const lines = () => recordOf(read('run/metrics.jsonl').toString('utf8'));

  test.skipIf(lacksTensorboard)(
    "is read by TensorBoard's own reader, each number of each round",
    () => {
      const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()['scalars']}))`;
      const { stdout, stderr } = spawnSync(PYTHON, ['-c', script, join(folder, 'run')], { encoding: 'utf8' });
      const scalars = JSON.parse(stdout === '' ? stderr : stdout);
      expect(Object.keys(scalars)).toEqual(expect.arrayContaining(['loss', 'accuracy', 'round/accepted']));
      const losses = lines().flatMap((line) =>
        line.type === 'round' ? [[line.round, Math.fround(line.metrics['loss'] as number)]] : [],
      );
      expect(losses).toHaveLength(5);
      expect(scalars['loss']).toEqual(losses);
    },
    60_000,
  );
});

test('a federation without a model exports none, and says so', async () => {
  await starling('simulate', 'temperature', '--runtime', 'in-process', '--out', 'asked');
  const { code, stderr } = await starling('export', 'asked', '--format', 'safetensors');
  expect(code).toBe(2);
  expect(stderr).toContain('need a state with a model');
});
