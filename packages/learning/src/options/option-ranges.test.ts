// Every numeric option of this room at its door: what it takes, and what it refuses by name, whatever its type.
import { tf, tfl } from '@starling/compute';
import type { Tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { afl } from '../algorithms/afl.js';
import { fedAdagrad } from '../algorithms/fed-adagrad.js';
import { fedAdam } from '../algorithms/fed-adam.js';
import { fedAvgM } from '../algorithms/fed-avg-m.js';
import { fedNova } from '../algorithms/fed-nova.js';
import { fedOpt } from '../algorithms/fed-opt.js';
import { fedProx } from '../algorithms/fed-prox.js';
import { fedYogi } from '../algorithms/fed-yogi.js';
import { federatedAveraging } from '../algorithms/federated-averaging.js';
import { federatedEvaluation } from '../algorithms/federated-evaluation.js';
import { federatedSgd } from '../algorithms/federated-sgd.js';
import { qFedAvg } from '../algorithms/q-fed-avg.js';
import { evaluateModel, modelEvaluation } from '../evaluation/model-evaluation.js';
import { groupNormalization } from '../layers/group-normalization.js';
import { functionModel } from '../models/function-model.js';
import { layersModel } from '../models/layers-model.js';
import { adagrad } from '../optimizers/adagrad.js';
import { adam } from '../optimizers/adam.js';
import { adamW } from '../optimizers/adam-w.js';
import { clippedByNorm } from '../optimizers/clipped-by-norm.js';
import { clippedByValue } from '../optimizers/clipped-by-value.js';
import { momentum } from '../optimizers/momentum.js';
import { nesterov } from '../optimizers/nesterov.js';
import { rmsProp } from '../optimizers/rms-prop.js';
import { sgd } from '../optimizers/sgd.js';
import { yogi } from '../optimizers/yogi.js';
import { cosineDecay } from '../schedules/cosine-decay.js';
import { exponentialDecay } from '../schedules/exponential-decay.js';
import { piecewiseRate } from '../schedules/piecewise-rate.js';
import { warmUp } from '../schedules/warm-up.js';
import { lineModel, points } from '../testing/line-model.js';

/** Makes something with the option set to a value that may be of any type. */
type Make = (value: never) => unknown;

const plain = sgd({ learningRate: 1 });
const bySgd = { model: lineModel(1), learningRate: 0.1, batchSize: 2 };
const averaging = { model: lineModel(1), clientOptimizer: plain, batchSize: 2 };
const doors: readonly (readonly [string, Make])[] = [
  ['federatedAveraging', (value) => federatedAveraging({ ...averaging, ...(value as object) })],
  ['federatedSgd', (value) => federatedSgd({ model: lineModel(1), optimizer: plain, ...(value as object) })],
  ['fedOpt', (value) => fedOpt({ ...averaging, serverOptimizer: plain, ...(value as object) })],
  ['fedProx', (value) => fedProx({ ...averaging, proximalStrength: 1, ...(value as object) })],
  ['fedAvgM', (value) => fedAvgM({ ...averaging, ...(value as object) })],
  ['fedAdagrad', (value) => fedAdagrad({ ...averaging, serverLearningRate: 1, ...(value as object) })],
  ['fedAdam', (value) => fedAdam({ ...averaging, serverLearningRate: 1, ...(value as object) })],
  ['fedYogi', (value) => fedYogi({ ...averaging, serverLearningRate: 1, ...(value as object) })],
  ['fedNova', (value) => fedNova({ ...bySgd, ...(value as object) })],
  ['qFedAvg', (value) => qFedAvg({ ...bySgd, q: 1, ...(value as object) })],
  ['afl', (value) => afl({ ...averaging, domains: 2, mixtureStep: 0.1, ...(value as object) })],
  ['federatedEvaluation', (value) => federatedEvaluation({ model: lineModel(1), ...(value as object) })],
  ['groupNormalization', (value) => groupNormalization(value)],
  ['sgd', (value) => sgd(value)],
  ['momentum', (value) => momentum({ learningRate: 1, ...(value as object) })],
  ['nesterov', (value) => nesterov({ learningRate: 1, ...(value as object) })],
  ['adagrad', (value) => adagrad({ learningRate: 1, ...(value as object) })],
  ['rmsProp', (value) => rmsProp({ learningRate: 1, ...(value as object) })],
  ['adam', (value) => adam(value)],
  ['adam without correction', (value) => adam({ biasCorrection: false, ...(value as object) })],
  ['adamW', (value) => adamW(value)],
  ['yogi', (value) => yogi(value)],
  ['clippedByNorm', (value) => clippedByNorm(plain, value)],
  ['clippedByValue', (value) => clippedByValue(plain, value)],
  ['exponentialDecay', (value) => exponentialDecay({ initialRate: 1, factor: 0.5, ...(value as object) })],
  ['cosineDecay', (value) => cosineDecay({ initialRate: 1, overSteps: 5, ...(value as object) })],
  ['warmUp', (value) => warmUp(1, value)],
];
const makers = new Map(doors);

const kinds = {
  nonNegative: { takes: [0, 1e-3, 5], refuses: [-1e-9, -5, 1e300, 1e-50] },
  positive: { takes: [1e-3, 5], refuses: [0, -1e-9, -5, 1e300, 1e-50] },
  fraction: { takes: [0, 0.5, 0.999], refuses: [-0.1, 1, 2] },
  count: { takes: [1, 2, 1000], refuses: [0, -1, 1.5, 2 ** 31] },
} as const;
type Kind = keyof typeof kinds;

const options: readonly (readonly [string, string, Kind])[] = [
  ['federatedAveraging', 'epochs', 'count'],
  ['federatedAveraging', 'steps', 'count'],
  ['federatedAveraging', 'batchSize', 'count'],
  ['fedProx', 'proximalStrength', 'nonNegative'],
  ['fedAvgM', 'serverLearningRate', 'nonNegative'],
  ['fedAvgM', 'serverMomentum', 'fraction'],
  ['fedAdagrad', 'serverLearningRate', 'nonNegative'],
  ['fedAdagrad', 'beta1', 'fraction'],
  ['fedAdam', 'beta2', 'fraction'],
  ['fedYogi', 'tau', 'positive'],
  ['fedNova', 'learningRate', 'nonNegative'],
  ['fedNova', 'momentum', 'fraction'],
  ['qFedAvg', 'q', 'nonNegative'],
  ['qFedAvg', 'learningRate', 'positive'],
  ['afl', 'domains', 'count'],
  ['afl', 'mixtureStep', 'nonNegative'],
  ['federatedEvaluation', 'batchSize', 'count'],
  ['groupNormalization', 'groups', 'count'],
  ['groupNormalization', 'epsilon', 'nonNegative'],
  ...['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsProp', 'adam', 'adamW', 'yogi'].map(
    (name) => [name, 'learningRate', 'nonNegative'] as const,
  ),
  ['momentum', 'momentum', 'fraction'],
  ['nesterov', 'momentum', 'fraction'],
  ['adagrad', 'initialAccumulator', 'nonNegative'],
  ['adagrad', 'epsilon', 'nonNegative'],
  ['adagrad', 'beta1', 'fraction'],
  ['rmsProp', 'decay', 'fraction'],
  ['rmsProp', 'epsilon', 'nonNegative'],
  ['adam', 'beta1', 'fraction'],
  ['adam', 'beta2', 'fraction'],
  ['adam', 'epsilon', 'nonNegative'],
  ['adam without correction', 'initialAccumulator', 'nonNegative'],
  ['adamW', 'weightDecay', 'nonNegative'],
  ['adamW', 'beta1', 'fraction'],
  ['yogi', 'beta1', 'fraction'],
  ['yogi', 'beta2', 'fraction'],
  ['yogi', 'epsilon', 'nonNegative'],
  ['yogi', 'initialAccumulator', 'nonNegative'],
  ['clippedByNorm', 'clipNorm', 'positive'],
  ['clippedByValue', 'clipValue', 'positive'],
  ['exponentialDecay', 'initialRate', 'nonNegative'],
  ['exponentialDecay', 'factor', 'nonNegative'],
  ['exponentialDecay', 'everySteps', 'count'],
  ['cosineDecay', 'initialRate', 'nonNegative'],
  ['cosineDecay', 'finalRate', 'nonNegative'],
  ['cosineDecay', 'overSteps', 'count'],
  ['warmUp', 'overSteps', 'count'],
];

/**
 * What no option of numbers takes. A function is no number either, but may be a schedule or an option of each client.
 */
const wrong = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, '1', 1n, null, true, {}, [1]];

describe('numeric options', () => {
  test.each(options)('%s takes %s of a %s, and refuses the rest by name', (door, option, kind) => {
    const make = makers.get(door) as (value: unknown) => unknown;
    for (const value of kinds[kind].takes) expect(() => make({ [option]: value })).not.toThrow();
    for (const value of [...kinds[kind].refuses, ...wrong]) {
      expect(() => make({ [option]: value }), String(value)).toThrow(RangeError);
      expect(() => make({ [option]: value })).toThrow(`${option} must be`);
    }
  });

  test('options without a default are refused when they are left out', () => {
    for (const [door, option] of [
      ['sgd', 'learningRate'],
      ['warmUp', 'overSteps'],
      ['clippedByNorm', 'clipNorm'],
    ] as const) {
      const make = makers.get(door) as (value: unknown) => unknown;
      expect(() => make({ [option]: undefined })).toThrow(`${option} must be`);
    }
  });
});

describe('options by other names', () => {
  test.each(doors)('%s refuses them', (_, door) => {
    const make = door as (value: unknown) => unknown;
    expect(() => make({ nonsense: 1 })).toThrow(RangeError);
    expect(() => make({ nonsense: 1 })).toThrow(
      /^Cannot .*: need options \{ .* \}, got 'nonsense'\n {4}at .*$/,
    );
  });

  test('are refused by models and evaluations, with the name that was meant', () => {
    const model = lineModel(1);
    const { example } = model;
    const loss = (): tf.Tensor => tf.ones([1]);
    expect(() => functionModel({ example, initialWeights: {}, loss, measures: {} } as never)).toThrow(
      "Cannot make a function model: need options { name, example, initialWeights, loss, outputs, metrics }, got 'measures'",
    );
    const build = (): tfl.LayersModel =>
      tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [1], units: 1 })] });
    expect(() => layersModel(build, { example, loss, metric: {} } as never)).toThrow(
      "did you mean 'metrics'?",
    );
    const dataset = points([1, 1]);
    const evaluation = { model, dataset, run: () => [], batchsize: 5 };
    expect(() => modelEvaluation(evaluation as never)).toThrow("got 'batchsize'; did you mean 'batchSize'?");
    expect(() => evaluateModel({ ...evaluation, weights: {} } as never)).toThrow("did you mean 'batchSize'?");
  });

  test('of other libraries are met with the names here', () => {
    expect(() => federatedAveraging({ ...averaging, localEpochs: 5 } as never)).toThrow(
      "did you mean 'epochs'?",
    );
    expect(() => adam({ beta_1: 0.9 } as never)).toThrow("got 'beta_1'; did you mean 'beta1'?");
    expect(() => sgd(0.1 as never)).toThrow('Cannot make sgd: need options { learningRate }, got 0.1');
  });
});

describe('options of words', () => {
  test('are refused when they are none of the choices', () => {
    const weighting = 'example' as 'examples';
    expect(() => federatedAveraging({ ...averaging, weighting })).toThrow(
      "Cannot train clients: weighting must be 'examples' or 'processed' or 'uniform', got 'example'; did you mean 'examples'?",
    );
    const staircase = 'no' as unknown as boolean;
    expect(() => exponentialDecay({ initialRate: 1, factor: 1, staircase })).toThrow(
      'staircase must be true or false',
    );
  });
});

describe('learning rates', () => {
  test('may be scalars and schedules', () => {
    expect(() => sgd({ learningRate: tf.scalar(0.1) })).not.toThrow();
    expect(() => sgd({ learningRate: (count) => tf.div(1, tf.add(count, 1)) })).not.toThrow();
  });

  test('are refused when a tensor is no scalar', () => {
    expect(() => sgd({ learningRate: tf.tensor1d([0.1, 0.2]) })).toThrow(
      'Cannot make sgd: learningRate must be a finite number >= 0, a scalar tensor or a schedule, got a tf.js tensor float32[2]',
    );
    expect(() => adam({ learningRate: tf.scalar(true) })).toThrow('got a tf.js tensor bool[]');
  });

  test('are refused when a schedule gives no rate', () => {
    const weights = { w: tf.tensor1d([1, 2]) };
    const update = (rate: unknown): unknown => {
      const optimizer = sgd({ learningRate: () => rate as tf.Tensor });
      return optimizer.update(weights, optimizer.init(weights), weights);
    };
    expect(() => update(0.5)).not.toThrow();
    for (const rate of [undefined, Number.NaN, -1, '1', tf.tensor1d([1, 2])]) {
      expect(() => update(rate)).toThrow('Cannot make sgd: what the schedule gives must be');
    }
  });

  test('of piecewiseRate and warmUp are checked one by one', () => {
    for (const value of [...wrong, -1]) {
      const rate = value as number;
      expect(() => piecewiseRate({ rates: [1, rate], boundarySteps: [5] })).toThrow('rates must be');
      expect(() => piecewiseRate({ rates: [1, 1], boundarySteps: [rate] })).toThrow('boundarySteps must be');
      expect(() => warmUp(rate, { overSteps: 2 })).toThrow('then must be');
    }
    expect(() => piecewiseRate({ rates: 1 as never, boundarySteps: [] })).toThrow(
      'rates must be an array, got 1',
    );
  });
});

describe('names of metrics', () => {
  test.each(['loss', 'examples', 'aggregation'])('%s is refused by models and by algorithms', (name) => {
    const message = `a metric needs a name of its own other than loss, examples, aggregation, got '${name}'`;
    const line = lineModel(1);
    expect(() => federatedAveraging({ ...averaging, model: { ...line, metrics: [name] } })).toThrow(message);
    expect(() => federatedEvaluation({ model: { ...line, metrics: [name] } })).toThrow(message);
    const layers = (): tfl.LayersModel =>
      tfl.sequential({ layers: [tfl.layers.dense({ inputShape: [1], units: 1 })] });
    const loss = (labels: tf.Tensor, outputs: tf.Tensor): tf.Tensor => tf.sub(labels, outputs);
    const { example } = line;
    expect(() => layersModel(layers, { example, loss, metrics: { [name]: loss } })).toThrow(message);
    const initialWeights = { w: line.initialWeights['w'] as Tensor };
    const one = (): tf.Tensor => tf.ones([1]);
    expect(() => functionModel({ example, initialWeights, loss: one, metrics: { [name]: one } })).toThrow(
      message,
    );
  });

  test('are refused when one stands twice', () => {
    const model = { ...lineModel(1), metrics: ['error', 'error'] };
    expect(() => federatedEvaluation({ model })).toThrow("got 'error'");
  });
});
