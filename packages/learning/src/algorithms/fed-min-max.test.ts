import { tf } from '@starling/compute';
import { compilePlan, float32, int32, sequence, struct, tensor, toValue } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { functionModel } from '../models/function-model.js';
import { sgd } from '../optimizers/sgd.js';
import { type RoundOutcome, roundsOf } from '../testing/rounds-of.js';
import { fedMinMax } from './fed-min-max.js';

const example = struct({ x: float32(), y: float32(), group: int32() });
/** Of one weight: the loss is (w x − y)² / 2, its gradient (w x − y) x. */
const line = (w: number, metrics = {}) =>
  functionModel({
    example,
    initialWeights: { w: tensor('float32', [], Float32Array.of(w)) },
    loss: ({ w: weight }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
      tf.div(tf.square(tf.sub(tf.mul(weight, x), y)), 2),
    metrics,
  });
const client = (...rows: readonly (readonly [x: number, y: number, group: number])[]) =>
  toValue(sequence(example), rows.map(([x, y, group]) => ({ x, y, group })) as never);
const mixtureOf = ({ state }: RoundOutcome): number[] => [
  ...(state['clientWork'] as { readonly guidance: { readonly data: Float32Array } }).guidance.data,
];

const options = { batchSize: 'full', by: { group: [0, 1] }, mixtureStep: 0.1 } as const;

describe('fedMinMax', () => {
  // From w = 1 at a rate of 0.1, of three examples: (1, 2) and (2, 2) of group 0, gradients −1 and 0; (1, 3) of group
  // 1, gradient −2. By the even mixture 0.5 · (−1 + 0) / 2 + 0.5 · (−2) = −1.25, however they are spread over clients.
  const splits = [
    [client([1, 2, 0], [2, 2, 0]), client([1, 3, 1])],
    [client([1, 2, 0]), client([1, 3, 1], [2, 2, 0])],
    [client([1, 3, 1], [1, 2, 0], [2, 2, 0]), client()],
  ];
  const process = fedMinMax({ model: line(1), clientOptimizer: sgd({ learningRate: 0.1 }), ...options });

  test.each(splits)('steps along the gradient of the mixture of groups, split %#', async (one, other) => {
    const [first, second] = await roundsOf(process, { data: [one, other] }, 2);
    expect(first!.state.model['w']).toBeCloseTo(1.125, 6);
    // Losses 0.5 and 0, and 2: [0.5, 0.5] + 0.1 · [0.25, 2] = [0.525, 0.7], less 0.1125 each.
    expect(mixtureOf(first!)[0]).toBeCloseTo(0.4125, 6);
    expect(mixtureOf(first!)[1]).toBeCloseTo(0.5875, 6);
    // At 1.125: gradients −0.875 and 0.5, and −1.875: 0.4125 · (−0.1875) + 0.5875 · (−1.875) = −1.17890625.
    expect(second!.state.model['w']).toBeCloseTo(1.125 + 0.117890625, 6);
  });

  test('reports the loss of the examples themselves, and the mixture', async () => {
    const [first] = await roundsOf(process, { data: splits[0] as never });
    // (0.5 + 0 + 2) / 3.
    expect(first!.metrics['loss']).toBeCloseTo(2.5 / 3, 6);
    expect([...(first!.metrics['mixture'] as { readonly data: Float32Array }).data]).toEqual([0.5, 0.5]);
  });

  test('moves towards the worst group until both have one loss', async () => {
    // Nine examples that want 0 and one that wants 1, of x = 1: the mean is 0.1, and even losses need 0.5.
    const many = client(...Array.from({ length: 9 }, () => [1, 0, 0] as const));
    const few = client([1, 1, 1]);
    const trained = fedMinMax({ model: line(0), clientOptimizer: sgd({ learningRate: 0.2 }), ...options });
    const last = (await roundsOf(trained, { data: [many, few] }, 200)).at(-1)!;
    expect(last.state.model['w']).toBeCloseTo(0.5, 2);
  });

  test('does not count examples of no group', async () => {
    const [first] = await roundsOf(process, { data: [splits[0]![0]!, client([1, 3, 1], [5, 0, 7])] });
    expect(first!.state.model['w']).toBeCloseTo(1.125, 6);
  });

  test('is two phases, of which the server sees sums alone', () => {
    expect(compilePlan(process.next).phases.length).toBe(2);
  });

  test('refuses groups that there are not, and names that it takes', () => {
    const clientOptimizer = sgd({ learningRate: 0.1 });
    const of = (other: object) => () => fedMinMax({ model: line(1), clientOptimizer, ...options, ...other });
    expect(of({ by: { sex: [0, 1] } })).toThrow("by 'sex' needs a field sex of the examples");
    expect(of({ by: { group: [0], x: [1] } })).toThrow('by must have one column, got group, x');
    expect(of({ weighting: 'uniform' })).toThrow('Mixture and examples decide');
    expect(
      of({ model: line(1, { mixture: ({ w }: { w: tf.Tensor }, { x }: { x: tf.Tensor }) => tf.mul(x, w) }) }),
    ).toThrow("another name than 'mixture'");
  });
});
