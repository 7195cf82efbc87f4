import { tf } from '@starling/compute';
import { compilePlan, float32, int32, sequence, struct, tensor, toValue } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { functionModel } from '../models/function-model.js';
import { sgd } from '../optimizers/sgd.js';
import { roundOf, roundsOf } from '../testing/rounds-of.js';
import { minDiff } from './min-diff.js';

const example = struct({ x: float32(), y: float32(), group: int32() });
/** The score of an example is w x; the loss (w x − y)² / 2. */
const line = (w: number) =>
  functionModel({
    example,
    initialWeights: { w: tensor('float32', [], Float32Array.of(w)) },
    loss: ({ w: weight }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
      tf.div(tf.square(tf.sub(tf.mul(weight, x), y)), 2),
    outputs: ({ w: weight }, { x }) => tf.mul(weight, x),
  });
type Row = readonly [x: number, y: number, group: number];
const client = (...rows: readonly Row[]) =>
  toValue(sequence(example), rows.map(([x, y, group]) => ({ x, y, group })) as never);

const rows: readonly Row[] = [
  [0.3, 1, 0],
  [0.42, 1, 0],
  [0.5, 0, 0],
  [0.35, 1, 1],
  [0.55, 1, 1],
  [0.2, 0, 1],
  [0.9, 1, 2],
];

/** MMD² of scores with the kernel exp(−d² / 0.01), as its definition has it: three means over pairs. */
function squaredDiscrepancy(one: readonly number[], other: readonly number[]): number {
  const mean = (a: readonly number[], b: readonly number[]): number => {
    const all = a.flatMap((s) => b.map((t) => Math.exp(-(((s - t) / 0.1) ** 2))));
    return all.reduce((sum, each) => sum + each, 0) / all.length;
  };
  return mean(one, one) - 2 * mean(one, other) + mean(other, other);
}

/** The pooled loss and γ MMD² of the positives of groups 0 and 1, at `w`. */
function objective(w: number, strength: number): number {
  const loss = rows.reduce((sum, [x, y]) => sum + (w * x - y) ** 2 / 2, 0) / rows.length;
  const scores = (wanted: number): number[] =>
    rows.flatMap(([x, y, group]) => (group === wanted && y === 1 ? [w * x] : []));
  return loss + strength * squaredDiscrepancy(scores(0), scores(1));
}

const clientOptimizer = sgd({ learningRate: 0.1 });
const options = {
  clientOptimizer,
  batchSize: 'full',
  by: { group: [0, 1] },
  scores: 'probabilities',
} as const;

describe('minDiff', () => {
  const w = 0.8;
  const strength = 0.7;
  const process = minDiff({ model: line(w), ...options, strength, among: 'positive' });
  // By the definition's own central difference.
  const gradient = (objective(w + 1e-4, strength) - objective(w - 1e-4, strength)) / 2e-4;
  const alone = (objective(w + 1e-4, 0) - objective(w - 1e-4, 0)) / 2e-4;

  test.each([
    ['on one client', [rows]],
    ['on clients that hold one group each', [rows.slice(0, 3), rows.slice(3, 6), rows.slice(6)]],
    ['on a client each', rows.map((row) => [row])],
  ] as const)('steps along the gradient of the pooled loss and MMD², %s', async (_, split) => {
    // The discrepancy moves the step by more than it is held to.
    expect(Math.abs(gradient - alone)).toBeGreaterThan(0.05);
    const first = await roundOf(process, { data: split.map((own) => client(...own)) });
    expect((w - (first.state.model['w'] as number)) / 0.1).toBeCloseTo(gradient, 3);
    const measured = first.metrics['discrepancy'] as number;
    const scores = (of: number) => rows.flatMap(([x, y, group]) => (group === of && y === 1 ? [w * x] : []));
    expect(measured ** 2).toBeCloseTo(squaredDiscrepancy(scores(0), scores(1)), 4);
  });

  test('trains by the loss alone where the cohort has one group, or the strength is 0', async () => {
    const expected = (given: readonly Row[]): number =>
      w - (0.1 * given.reduce((sum, [x, y]) => sum + (w * x - y) * x, 0)) / given.length;
    const one = await roundOf(process, { data: [client(...rows.slice(0, 3))] });
    expect(one.state.model['w']).toBeCloseTo(expected(rows.slice(0, 3)), 6);
    expect(one.metrics['discrepancy']).toBe(0);
    const weak = minDiff({ model: line(w), ...options, strength: 0, among: 'all' });
    expect((await roundOf(weak, { data: [client(...rows)] })).state.model['w']).toBeCloseTo(
      expected(rows),
      6,
    );
  });

  test('brings the scores of two groups together', async () => {
    // A bias for each group: scores are those, the labels want 0.3 and 0.4.
    const biased = functionModel({
      example,
      initialWeights: { b: tensor('float32', [2], Float32Array.of(0.3, 0.4)) },
      loss: ({ b }, { y, group }: { readonly y: tf.Tensor; readonly group: tf.Tensor }) =>
        tf.div(tf.square(tf.sub(tf.gather(b, group.toInt()), y)), 2),
      outputs: ({ b }, { group }: { readonly y: tf.Tensor; readonly group: tf.Tensor }) =>
        tf.gather(b, group.toInt()),
    });
    const data = [client([0, 0.3, 0]), client([0, 0.4, 1])];
    // Near 0 a step takes 800 times the rate off the distance: MMD² is 2 − 2 exp(−100 d²), and both scores move.
    const gentle = sgd({ learningRate: 0.0005 });
    const training = minDiff({
      model: biased,
      ...options,
      clientOptimizer: gentle,
      strength: 1,
      among: 'all',
    });
    const outcomes = await roundsOf(training, { data }, 40);
    const distances = outcomes.map(({ metrics }) => metrics['discrepancy'] as number);
    // Scores 0.1 apart: MMD² is 2 − 2 / e.
    expect(distances[0]).toBeCloseTo(Math.sqrt(2 - 2 / Math.E), 3);
    expect(distances.at(-1)).toBeLessThan(distances[0]! / 10);
  });

  test('is two phases, of which the server sees sums alone', () => {
    expect(compilePlan(process.next).phases.length).toBe(2);
  });

  test('refuses what it cannot compare', () => {
    const of = (other: object) => () =>
      minDiff({ model: line(1), ...options, strength: 1, among: 'all', ...other } as never);
    expect(of({ by: { group: [0, 1, 2] } })).toThrow('by must have two values, got 3');
    expect(of({ among: 'some' })).toThrow("among must be 'positive' or 'negative' or 'all'");
    expect(of({ strength: -1 })).toThrow('strength must be');
    expect(of({ kernel: 'laplacian' })).toThrow('It is Gaussian, of width 0.1');
  });
});
