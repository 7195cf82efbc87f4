import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  compilePlan,
  type FederatedComputation,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedMean,
  federatedSum,
  float32,
  seedFrom,
  tensor,
} from '@starling/federated-core';
import { updateChecker } from '@starling/federated-core/plan';
import { linkPlan } from '@starling/plan/link';
import { createPlanRunner, type Leaves } from '@starling/plan/runner';
import { afterEach, describe, expect, test } from 'vitest';
import { createEngine } from '../engines/engines.js';
import { createLaneTotal } from '../fold/ordered-merge.js';
import { createManyPhase } from './many-phase.js';

const above = (computed: (x: tf.Tensor, y: tf.Tensor) => tf.Tensor): FederatedComputation =>
  federatedComputation({ x: atClients(float32()), y: atServer(float32()) }, ({ x, y }) => {
    const local = localComputation({ x: float32(), y: float32() }, (each) => computed(each.x, each.y));
    return federatedMean(federatedMap(local, { x, y: federatedBroadcast(y) }));
  });

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The phase, and how often the engine was called for one client. */
async function phaseOf(computation: FederatedComputation) {
  const engine = await createEngine();
  let calls = 0;
  const counted: typeof engine = {
    ...engine,
    async load(artifact) {
      const graph = await engine.load(artifact);
      const run: typeof graph.run = (...given) => {
        calls++;
        return graph.run(...given);
      };
      return { ...graph, run };
    },
  };
  const linked = linkPlan(compilePlan(computation));
  const runner = await createPlanRunner(linked, counted, ['client', 'aggregation']);
  closing.push(() => engine.dispose());
  const reductions = runner.reductions(0);
  const check = updateChecker(linked.plan.phases[0]!.aggregations, reductions);
  const many = await createManyPhase({ linked, phase: 0, engine: counted, runner, reductions, check });
  return { many, reductions, calls: () => calls };
}

const scalar = (value: number): Leaves => [tensor('float32', [], Float32Array.of(value))];

async function meanOf(computation: FederatedComputation, values: readonly number[], server: Leaves) {
  const { many, reductions, calls } = await phaseOf(computation);
  const total = createLaneTotal(reductions);
  const reports = await many!.run(
    {
      broadcast: server,
      seed: seedFrom(1),
      count: values.length,
      nameAt: (position) => `client-${position}`,
      loadAt: (position) => scalar(values[position]!),
    },
    total.add,
  );
  const mean = await reductions[0]!.report((await total.result())[0]!);
  return { mean: Number(mean[0]!.data[0]), reports, calls: calls() };
}

const isAbove = above((x, y) => tf.cast(tf.greater(x, y), 'float32'));

describe('createManyPhase', () => {
  test('`createManyPhase` has thousands of clients work without a call for any of them', async () => {
    // 9,000 numbers 0 … 8,999, of which 2,000 are above 6,999.
    const values = Array.from({ length: 9000 }, (_, position) => position);
    const { mean, reports, calls } = await meanOf(isAbove, values, scalar(6999));
    expect(mean).toBe(Math.fround(2000 / 9000));
    expect(reports).toHaveLength(9000);
    expect(reports[8999]).toEqual({ client: 'client-8999', status: 'accepted' });
    expect(calls).toBe(0);
  });

  test('`createManyPhase` refuses a client whose update is NaN, and counts those beside it', async () => {
    const difference = above((x, y) => tf.sub(x, y));
    // 1 − 1, NaN − 1, 5 − 1: the mean of 0 and 4.
    const { mean, reports, calls } = await meanOf(difference, [1, Number.NaN, 5], scalar(1));
    expect(mean).toBe(2);
    expect(reports.map(({ status }) => status)).toEqual(['accepted', 'rejected', 'accepted']);
    expect(calls).toBe(0);
  });

  test('`createManyPhase` gives reports of one client, and of none', async () => {
    expect((await meanOf(isAbove, [8], scalar(7))).mean).toBe(1);
    const { many, reductions } = await phaseOf(isAbove);
    const total = createLaneTotal(reductions);
    const request = { broadcast: scalar(0), seed: seedFrom(1), count: 0 };
    const never = (): never => {
      throw new Error('nobody is there');
    };
    expect(await many!.run({ ...request, nameAt: never, loadAt: never }, total.add)).toEqual([]);
  });

  test('`createManyPhase` has those work by themselves for whom a call fails, and loses one of them', async () => {
    // The third row of two is in no table: that call fails, and with it that of all clients.
    const table = tf.tensor1d([3, 5]);
    const picked = federatedComputation({ x: atClients(float32()) }, ({ x }) =>
      federatedMean(
        federatedMap(
          localComputation(float32(), (each) => tf.gather(table, tf.cast(each, 'int32'))),
          x,
        ),
      ),
    );
    const { mean, reports, calls } = await meanOf(picked, [0, 1, 2, 1], []);
    expect(mean).toBe(Math.fround((3 + 5 + 5) / 3));
    expect(reports.map(({ status }) => status)).toEqual(['accepted', 'accepted', 'dropped', 'accepted']);
    expect(calls).toBe(4);
  });

  test('`createManyPhase` asks no engine for sums of what clients hold', async () => {
    const sum = federatedComputation({ x: atClients(float32()) }, ({ x }) => federatedSum(x));
    expect(await meanOf(sum, [1, 2, 3.5], [])).toMatchObject({ mean: 6.5, calls: 0 });
  });

  test('`createManyPhase` leaves work alone whose bits could depend on who stands beside a client', async () => {
    const { many } = await phaseOf(above((x, y) => tf.exp(tf.sub(x, y))));
    expect(many).toBeNull();
  });
});
