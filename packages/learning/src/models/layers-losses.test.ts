// Losses by name, and losses that do not go with the last layer of a model: which loss a model takes, and of what it
// warns.
import { tf, tfl } from '@starling/compute';
import { float32, int32, struct, type Type } from '@starling/federated-core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { lastActivation } from '../layers/last-activation.js';
import { sigmoidCrossentropy } from '../losses/sigmoid-crossentropy.js';
import { softmaxCrossentropy } from '../losses/softmax-crossentropy.js';
import { layersModel } from './layers-model.js';

const { activation, dense, dropout, reshape, softmax } = tfl.layers;
const example = struct({ x: float32(1), y: int32() });
type Layers = readonly tfl.layers.Layer[];
const builder = (layers: () => Layers) => () => tfl.sequential({ layers: [...layers()] });
const plain = () => [dense({ units: 2, inputShape: [1] })];
const withSoftmax = () => [dense({ units: 2, inputShape: [1], activation: 'softmax' })];

describe('lastActivation', () => {
  test.each<readonly [string, () => Layers, string | null]>([
    ['none', plain, null],
    ['a dense layer’s', withSoftmax, 'softmax'],
    ['a layer of its own', () => [...plain(), softmax()], 'softmax'],
    ['an activation layer', () => [...plain(), activation({ activation: 'sigmoid' })], 'sigmoid'],
    [
      'one before layers that only move numbers',
      () => [...withSoftmax(), reshape({ targetShape: [2, 1] }), dropout({ rate: 0.5 })],
      'softmax',
    ],
    ['one of a model within', () => [tfl.sequential({ layers: withSoftmax() })], 'softmax'],
    ['another', () => [dense({ units: 2, inputShape: [1], activation: 'relu' })], null],
  ])('finds %s', (_, layers, expected) => {
    expect(lastActivation(builder(layers)())).toBe(expected);
  });

  test('finds that of the output of a functional model', () => {
    const input = tfl.input({ shape: [1] });
    const output = dense({ units: 2, activation: 'softmax' }).apply(input) as tfl.SymbolicTensor;
    expect(lastActivation(tfl.model({ inputs: input, outputs: output }))).toBe('softmax');
  });
});

test('`layersModel` takes a named loss of logits or of probabilities, as the last layer has it', () => {
  // Weights are 0, so that both classes have the probability 1/2: the loss is ln 2, whichever way.
  for (const layers of [plain, withSoftmax]) {
    const model = layersModel(builder(layers), { example, loss: 'sparseCategoricalCrossentropy' });
    const weights = { dense_1_kernel: tf.zeros([1, 2]), dense_1_bias: tf.zeros([2]) };
    const { losses } = model.forward(
      weights,
      { x: tf.ones([1, 1]), y: tf.tensor1d([1], 'int32') },
      { training: false },
    );
    expect(losses.dataSync()[0]).toBeCloseTo(Math.log(2), 6);
  }
});

describe('warnings of `layersModel`', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const warned = (
    layers: () => Layers,
    loss: Parameters<typeof layersModel>[1]['loss'],
    type: Type = example,
  ): readonly string[] => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    warn.mockClear();
    for (let time = 0; time < 2; time++) layersModel(builder(layers), { example: type, loss });
    return warn.mock.calls.map(([words]) => String(words));
  };
  const oneSigmoid = () => [dense({ units: 1, inputShape: [1], activation: 'sigmoid' })];

  test('tell once of a softmax under softmaxCrossentropy, with the line and what to write', () => {
    const [first, ...others] = warned(withSoftmax, softmaxCrossentropy);
    expect(first).toMatch(
      /^Starling: layers model ends with a softmax, and softmaxCrossentropy applies another to its outputs: leave the activation of the last layer out, or give the loss by name, 'sparseCategoricalCrossentropy'\n {4}at .*layers-losses\.test\.ts:\d+:\d+$/,
    );
    expect(others).toEqual([]);
  });

  test('tell of a sigmoid under sigmoidCrossentropy, and of logits that are taken for probabilities', () => {
    expect(warned(oneSigmoid, sigmoidCrossentropy)[0]).toContain('ends with a sigmoid');
    const halves = struct({ x: float32(1), y: float32(2) });
    expect(warned(plain, tfl.metrics.categoricalCrossentropy, halves)[0]).toContain(
      'does not end with a softmax',
    );
  });

  test.each<readonly [string, Parameters<typeof layersModel>[1]['loss']]>([
    ['relu', softmaxCrossentropy],
    ['relu', 'sparseCategoricalCrossentropy'],
    ['sigmoid', 'sparseCategoricalCrossentropy'],
    ['tanh', softmaxCrossentropy],
    ['hardSigmoid', softmaxCrossentropy],
    ['softmax', 'binaryCrossentropy'],
  ])('tell of a %s under %o, which takes logits', (last, loss) => {
    const layers = () => [dense({ units: 2, inputShape: [1], activation: last as 'relu' })];
    const labels = loss === 'binaryCrossentropy' ? float32(2) : int32();
    const [first, ...others] = warned(layers, loss, struct({ x: float32(1), y: labels }));
    expect(first).toMatch(
      new RegExp(`ends with a ${last}, and .* takes its outputs for logits, which may be any number`),
    );
    expect(others).toEqual([]);
  });

  test('are silent where loss and last layer go together', () => {
    expect(warned(plain, softmaxCrossentropy)).toEqual([]);
    expect(warned(withSoftmax, 'sparseCategoricalCrossentropy')).toEqual([]);
    expect(warned(oneSigmoid, 'binaryCrossentropy')).toEqual([]);
  });
});
