// Bodies that are run eagerly, against the engines on the graphs of the same bodies.
import {
  float32,
  int32,
  type LocalComputation,
  type Seed,
  sequence,
  struct,
  type Tensor,
  tensor,
} from '@starling/federated-core';
import { assert, describe, expect, test } from 'vitest';
import { modelCases } from '../contract/cases/model-cases.js';
import { assertAgree, captured } from '../contract/drawing/agreement.js';
import { Draw } from '../contract/drawing/draw.js';
import { createTfjsEngine } from '../engines/tfjs/tfjs-engine.js';
import { compileGraph } from '../lowering/compile-graph.js';
import * as tf from '../tensorflow/tf.js';
import { floats } from '../testing/graphs.js';
import { eagerRunner } from './eager-runner.js';
import { localComputation } from './local-computation.js';
import { random } from './random.js';
import { scan } from './scan/scan.js';
import { sequenceLength, sequenceReduce } from './sequences/sequence-reduce.js';

const SEED: Seed = [1, 2];

async function agree(what: string, local: unknown, argument: readonly Tensor[]): Promise<void> {
  const computation = local as LocalComputation;
  const engine = await createTfjsEngine();
  const loaded = await engine.load(compileGraph(computation));
  const expected = await loaded.run(argument, SEED);
  assertAgree(what, await eagerRunner().run(computation, argument, SEED), expected);
}

const column = (...values: number[]): Tensor => floats(values);
const spots = (count: number): Tensor => floats(Array.from({ length: count }, (_, index) => index / 8));

describe('eagerRunner', () => {
  test.each(Object.entries(modelCases))('`eagerRunner` trains %s as the engines do', async (model, draw) => {
    const { inputs, body } = draw(new Draw(1));
    await agree(model, captured(model, inputs, body), inputs);
  });

  test('`eagerRunner` walks a dataset by the counts of its argument, in the order of the engines', async () => {
    const types = { data: sequence(float32()), epochs: int32(), most: int32() };
    const local = localComputation(types, ({ data, epochs, most }) => ({
      last: sequenceReduce(
        data.shuffle().repeat(epochs).take(most).batch(3),
        { sum: 0, seen: tf.zeros([3]) },
        (state, batch, mask) => ({
          sum: tf.add(tf.mul(state.sum, 2), tf.sum(tf.mul(batch as tf.Tensor, mask))),
          seen: tf.mul(batch as tf.Tensor, mask),
        }),
      ),
      length: sequenceLength(data.take(most)),
    }));
    const count = (value: number): Tensor => tensor('int32', [], Int32Array.of(value));
    for (const [epochs, most] of [
      [2, 5],
      [1, 100],
      [0, 4],
      [3, 0],
    ] as const) {
      await agree(`${epochs} epochs of ${most}`, local, [spots(7), count(epochs), count(most)]);
    }
  });

  test('`eagerRunner` draws what the engines draw, also when the graph left out draws and reductions', async () => {
    const types = { data: sequence(float32()), x: float32(4) };
    const local = localComputation(types, ({ data, x }) => {
      random.uniform([2]); // nothing reads it
      sequenceReduce(data.shuffle(), 0, (sum, each) => tf.add(sum, each)); // nor this
      const normal = random.normal([4]);
      const dropped = tf.dropout(x, 0.5);
      const walked = sequenceReduce(
        data.shuffle().batch(2),
        { noise: tf.zeros([4]), kept: tf.zeros([4]) },
        (state) => {
          random.bernoulli([3], 0.5); // nor this
          return {
            noise: tf.add(tf.mul(state.noise, 3), random.uniform([4], -1, 1)),
            kept: tf.add(tf.mul(state.kept, 3), tf.dropout(tf.ones([4]), 0.25)),
          };
        },
      );
      return { normal, dropped, ...walked, other: random.dropout(x, 0.75) };
    });
    await agree('draws', local, [spots(5), column(1, 2, 3, 4)]);
  });

  test('`eagerRunner` draws in the steps of recurrences as the engines do, both ways and nested', async () => {
    const local = localComputation({ xs: float32(3, 2) }, ({ xs }) => {
      const walk = (reverse: boolean) =>
        scan(
          xs,
          tf.zeros([2]),
          (state, x) => {
            const [inner] = scan(tf.ones([2, 2]), x, (deep) => [
              tf.add(tf.mul(deep, 2), random.normal([2])),
              [],
            ]);
            const next = tf.add(tf.mul(state, 2), tf.mul(inner, random.uniform([2])));
            return [next, tf.add(next, random.uniform([2]))];
          },
          { reverse },
        );
      return [walk(false), walk(true)];
    });
    await agree('recurrences', local, [floats([1, 2, 3, 4, 5, 6], [3, 2])]);
  });

  test('`eagerRunner` lets a body read values, and tells of each step of a reduction', async () => {
    const types = { data: sequence(struct({ x: float32(), y: int32() })) };
    const local = localComputation(types, ({ data }) =>
      sequenceReduce(data.batch(2), { totals: { sum: tf.scalar(0) } }, ({ totals }, { x, y }, mask) => ({
        totals: { sum: tf.add(totals.sum, tf.sum(tf.mul(tf.mul(x, tf.cast(y, 'float32')), mask))) },
      })),
    );
    const steps: unknown[] = [];
    const { run } = eagerRunner({ onStep: (step) => steps.push(step) });
    // 1 · 4 + 2 · 5 = 14, then 3 · 6 = 18 and one row of padding.
    const argument = [column(1, 2, 3), tensor('int32', [3], Int32Array.of(4, 5, 6))];
    expect((await run(local as LocalComputation, argument, SEED))[0]?.data[0]).toBe(32);
    const scalar = (value: number): Tensor => tensor('float32', [], Float32Array.of(value));
    const common = { computation: 'local', reduction: 0, steps: 2 };
    expect(steps).toEqual([
      {
        ...common,
        step: 1,
        rows: [0, 1],
        state: [{ path: 'totals.sum', before: scalar(0), after: scalar(14) }],
      },
      {
        ...common,
        step: 2,
        rows: [2],
        state: [{ path: 'totals.sum', before: scalar(14), after: scalar(32) }],
      },
    ]);
  });

  test('`eagerRunner` leaves variables as they were, and frees what it made', async () => {
    const variable = tf.variable(tf.scalar(7));
    const local = localComputation({ x: float32() }, ({ x }) => {
      variable.assign(x as tf.Scalar);
      return tf.mul(variable, 2);
    });
    const { run } = eagerRunner();
    const argument = [tensor('float32', [], Float32Array.of(3))];
    await run(local as LocalComputation, argument, SEED);
    const { numTensors } = tf.memory();
    expect((await run(local as LocalComputation, argument, SEED))[0]?.data[0]).toBe(6);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(variable.dataSync()[0]).toBe(7);
    variable.dispose();
  });

  test('`eagerRunner` runs on another backend of tf.js, by the same draws', async () => {
    const draw = new Draw(1);
    const inputs = [draw.floats([2, 8, 8, 1]), draw.floats([3, 3, 1, 4])];
    const types = { x: float32(2, 8, 8, 1), kernel: float32(3, 3, 1, 4) };
    const local = localComputation(types, ({ x, kernel }) => {
      const loss = (weights: tf.Tensor): tf.Scalar =>
        tf.sum(tf.dropout(tf.relu(tf.conv2d(x as tf.Tensor4D, weights as tf.Tensor4D, 1, 'same')), 0.5));
      return tf.grad(loss)(kernel);
    }) as LocalComputation;
    const [onCpu, onWasm] = await Promise.all(
      (['cpu', 'wasm'] as const).map((backend) => eagerRunner({ backend }).run(local, inputs, SEED)),
    );
    assertAgree('model', onWasm as readonly Tensor[], onCpu as readonly Tensor[]);
  });

  test('`eagerRunner` calls each body through `around`, and no trace of it', async () => {
    let isRun = false;
    const seen: boolean[] = [];
    const local = localComputation({ x: float32() }, ({ x }) => {
      seen.push(isRun);
      return tf.add(x, 1);
    }) as LocalComputation;
    const around = <T>(run: () => T): T => {
      isRun = true;
      const result = run();
      isRun = false;
      return result;
    };
    await eagerRunner({ around }).run(local, [floats([1], [])], SEED);
    // Captured twice, for its graph and for the draws that this kept; then run.
    expect(seen).toEqual([false, false, true]);
  });

  test('`eagerRunner` refuses a body that is not what it was when it was captured', () => {
    let factor = 2;
    const local = localComputation({ x: float32() }, ({ x }) => tf.mul(x, factor)) as LocalComputation;
    factor = 3;
    const run = (): unknown => eagerRunner().run(local, [floats([1], [])], SEED);
    expect(run).toThrow('its body must do the same each time it is called');
  });

  test('`eagerRunner` hands a graph without a body to another runner, and refuses it when there is none', () => {
    const local = localComputation({ x: float32() }, ({ x }) => tf.mul(x, 2)) as LocalComputation;
    const loaded = { ...local, body: structuredClone(local.body) };
    const otherwise = (): readonly Tensor[] => [floats([5])];
    expect(eagerRunner({ otherwise }).run(loaded, [floats([1], [])], SEED)).toEqual([floats([5])]);
    expect(() => eagerRunner().run(loaded, [floats([1], [])], SEED)).toThrow('got a graph alone');
  });
});

describe('originOf', () => {
  const types = { data: sequence(float32()), w: float32() };
  const train = localComputation(
    types,
    ({ data, w }) =>
      sequenceReduce(data.batch(2), w, (weight, x, mask) => {
        const loss = (v: tf.Tensor): tf.Scalar => tf.sum(tf.mul(tf.log(tf.mul(v, x as tf.Tensor)), mask));
        return tf.sub(weight, tf.mul(0.5, tf.grad(loss)(weight)));
      }),
    { name: 'train' },
  ) as LocalComputation;

  test('`originOf` names step and kernel when a number became infinite, and the line that led to it', async () => {
    const runner = eagerRunner();
    // d/dv Σ log(v x) = 2 / v: w = 1 → 1 − 0.5 · 2 / 1 = 0 → 2 / 0 in the gradient of the second step.
    const argument = [column(1, 1, 1, 1), floats([1], [])];
    const [leaf] = await runner.run(train, argument, SEED);
    expect(leaf?.data[0]).toBe(Number.NEGATIVE_INFINITY);
    const origin = runner.originOf(leaf as Tensor);
    assert.isNotNull(origin);
    expect(origin).toMatchObject({
      computation: 'train',
      inGradient: true,
      steps: [{ loop: 'sequenceReduce', step: 2, steps: 2 }],
      line: expect.stringMatching(/eager-runner\.test\.ts/),
    });
  });

  test('`originOf` is null when every number is finite, also where one that is not was left out on the way', async () => {
    const local = localComputation({ x: float32(2) }, ({ x }) =>
      tf.where(tf.greater(x, 0), tf.log(x), tf.zerosLike(x)),
    ) as LocalComputation;
    const runner = eagerRunner();
    const [leaf] = await runner.run(local, [column(1, 0)], SEED);
    expect([...(leaf as Tensor).data]).toEqual([0, 0]);
    expect(runner.originOf(leaf as Tensor)).toBeNull();
  });

  test('`originOf` says when it came in with the argument, and follows it from call to call', async () => {
    const first = localComputation({ x: float32() }, ({ x }) => tf.log(x), { name: 'first' });
    const second = localComputation({ x: float32() }, ({ x }) => tf.add(x, 1), { name: 'second' });
    const runner = eagerRunner();
    const given = floats([Number.NaN], []);
    const [spoiled] = await runner.run(second as LocalComputation, [given], SEED);
    expect(runner.originOf(spoiled as Tensor)).toMatchObject({ kernel: null, value: Number.NaN });
    const [middle] = await runner.run(first as LocalComputation, [floats([0], [])], SEED);
    const [last] = await runner.run(second as LocalComputation, [middle as Tensor], SEED);
    expect(runner.originOf(last as Tensor)).toMatchObject({
      kernel: 'Log',
      computation: 'first',
      inGradient: false,
      inputs: [{ name: 'x', shape: [], least: 0, largest: 0 }],
    });
  });
});
