import { createOnnxEngine, localComputation, random, tf } from '@starling/compute';
import {
  atClients,
  compilePlan,
  type FederatedComputation,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSequenceSum,
  federatedSum,
  federatedValue,
  float32,
  sequence,
  string,
  tensor,
} from '@starling/federated-core';
import { tensorAt } from '@starling/federated-core/plan';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linkPlan } from '../link/link-plan.js';
import { createManyWork, type ManyWork } from './many-work.js';

let engine: Awaited<ReturnType<typeof createOnnxEngine>>;
beforeAll(async () => {
  engine = await createOnnxEngine();
});
afterAll(() => engine.dispose());

const workOf = (computation: FederatedComputation, on: typeof engine = engine) =>
  createManyWork(linkPlan(compilePlan(computation)), 0, on);

const x = atClients(float32());
const mapped = (computed: (x: tf.Tensor) => tf.Tensor): FederatedComputation =>
  federatedComputation({ x }, ({ x }) =>
    federatedMean(federatedMap(localComputation(float32(), computed), x)),
  );

describe('createManyWork', () => {
  test('`createManyWork` calls the graphs of a plan in order, for all clients at once', async () => {
    const double = localComputation(float32(), (each) => tf.mul(each, 2));
    const twice = federatedComputation({ x }, ({ x }) => ({
      four: federatedSum(federatedMap(double, federatedMap(double, x))),
      own: federatedSum(x),
      fixed: federatedMean(x, { weight: federatedValue(3, 'CLIENTS', float32()) }),
    }));
    const work = (await workOf(twice)) as ManyWork;
    const columns = await work.run([], [tensor('float32', [3], Float32Array.of(1, 2, 3))]);
    const numbers = columns.map((column) => [0, 1, 2].map((row) => tensorAt(column, row).data[0]));
    expect(numbers).toEqual([
      [4, 8, 12],
      [1, 2, 3],
      [1, 2, 3],
      [3, 3, 3],
    ]);
    expect(work.isRows).toEqual([false]);
  });

  test.each<readonly [what: string, reason: string, computation: FederatedComputation]>([
    ['draws', 'it draws numbers', mapped((each) => tf.add(each, random.uniform([])))],
    ['rounding that depends on the place', 'Exp: engines compute it', mapped(tf.exp)],
    [
      'steps over a dataset',
      'a step of kind sum',
      federatedComputation({ all: atClients(sequence(float32())) }, ({ all }) =>
        federatedSum(federatedSequenceSum(all)),
      ),
    ],
    [
      'strings',
      'clients hold strings',
      federatedComputation({ x, word: atClients(string()) }, ({ x }) => federatedSum(x)),
    ],
  ])('`createManyWork` says why %s run for one client at a time', async (_, reason, computation) => {
    expect(await workOf(computation)).toEqual({ reason: expect.stringContaining(reason) });
  });

  test('`createManyWork` asks nothing of an engine that takes one client at a time', async () => {
    const { loadBatch: _left, ...oneByOne } = engine;
    expect(await workOf(mapped(tf.neg), oneByOne)).toEqual({
      reason: 'the engine onnx takes one client at a time',
    });
  });
});
