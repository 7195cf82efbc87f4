// What the engine contract asks besides right values: defined answers to arguments that do not fit, inputs left alone,
// results in memory of their own, and randomness by the seed of the call only.
import {
  bool,
  float32,
  int32,
  type LocalComputation,
  type Seed,
  sequence,
  type Tensor,
  tensor,
  uint8,
} from '@starling/federated-core';
import { expect, test } from 'vitest';
import { localComputation } from '../capture/local-computation.js';
import { random } from '../capture/random.js';
import { sequenceReduce } from '../capture/sequences/sequence-reduce.js';
import type { Engine, LoadedGraph } from '../engine/engine.js';
import { compileGraph } from '../lowering/compile-graph.js';
import * as tf from '../tensorflow/tf.js';

const SEED: Seed = [1, 2];

function floats(...values: number[]): Tensor {
  return tensor('float32', [values.length], Float32Array.from(values));
}

/** Declares the tests; `engine` gives the engine once it has been made. */
export function behaviour(engine: () => Engine): void {
  const load = (local: unknown): Promise<LoadedGraph> =>
    engine().load(compileGraph(local as LocalComputation));
  const shift = localComputation({ x: float32(2) }, ({ x }) => [x, tf.add(x, 1)], { name: 'shift' });

  test('gives results in memory of their own', async () => {
    const loaded = await load(shift);
    const x = floats(1, 2);
    const first = await loaded.run([x], SEED);
    expect(first).toEqual([floats(1, 2), floats(2, 3)]);
    expect(first[0]?.data).not.toBe(x.data);
    await loaded.run([floats(10, 20)], SEED);
    expect(first).toEqual([floats(1, 2), floats(2, 3)]);
  });

  test('reads bytes as integers, from shared memory, and writes nothing there', async () => {
    const loaded = await load(
      localComputation({ data: sequence(uint8(2)) }, ({ data }) =>
        sequenceReduce(data.batch(2), tf.zeros([2], 'int32'), (sum, rows) => tf.add(sum, tf.sum(rows, 0))),
      ),
    );
    const shared = new Uint8Array(new SharedArrayBuffer(4));
    shared.set([200, 1, 100, 2]);
    const outputs = await loaded.run([tensor('uint8', [2, 2], shared)], SEED);
    expect(outputs).toEqual([tensor('int32', [2], Int32Array.of(300, 3))]);
    expect([...shared]).toEqual([200, 1, 100, 2]);
  });

  test('runs loaded graphs in any order, each as if it were alone', async () => {
    const [one, other] = [
      await load(shift),
      await load(localComputation({ x: float32(2) }, ({ x }) => tf.neg(x))),
    ];
    const x = floats(3, 4);
    const results = [await one.run([x], SEED), await other.run([x], SEED), await one.run([x], SEED)];
    expect(results).toEqual([[x, floats(4, 5)], [floats(-3, -4)], [x, floats(4, 5)]]);
    await other.dispose();
    expect(await one.run([x], SEED)).toEqual([x, floats(4, 5)]);
  });

  test('draws from the seed of the call alone', async () => {
    const loaded = await load(
      localComputation({ x: float32(3) }, ({ x }) => random.dropout(tf.add(x, random.normal([3])), 0.5)),
    );
    const first = await loaded.run([floats(1, 2, 3)], [5, 6]);
    const other = await loaded.run([floats(1, 2, 3)], [5, 7]);
    expect(other).not.toEqual(first);
    expect(await loaded.run([floats(1, 2, 3)], [5, 6])).toEqual(first);
  });

  test('walks a dataset for as many epochs, or steps, as each call says', async () => {
    const parameters = { data: sequence(float32()), epochs: int32(), steps: int32() };
    const loaded = await load(
      localComputation(parameters, ({ data, epochs, steps }) => {
        const batches = data.batch(2);
        const fold = (view: typeof batches): tf.Tensor =>
          sequenceReduce(view, tf.scalar(1), (state, batch, mask) =>
            tf.add(tf.mul(state, 2), tf.sum(tf.mul(batch, mask))),
          );
        return [fold(batches.repeat(epochs)), fold(batches.steps(steps))];
      }),
    );
    const scalar = (value: number): Tensor => tensor('int32', [], Int32Array.of(value));
    const walk = async (epochs: number, steps: number) =>
      (await loaded.run([floats(1, 2, 4), scalar(epochs), scalar(steps)], SEED)).map(({ data }) => data[0]);
    // From 1, steps add 3 and 4 in turn to twice the state: 5, 14, 31, 66.
    expect(await walk(1, 3)).toEqual([14, 31]);
    expect(await walk(2, 1)).toEqual([66, 5]);
    expect(await walk(0, 0)).toEqual([1, 1]);
    await expect(walk(-1, 1)).rejects.toThrow('epochs must be 0 or more, got -1');
    expect(await walk(1, 2)).toEqual([14, 14]);
  });

  const row = (...values: number[]): Tensor => tensor('int32', [1, values.length], Int32Array.from(values));
  test.each<[string, (x: tf.Tensor, at: tf.Tensor) => tf.Tensor, Tensor]>([
    ['gather', (x, at) => tf.gather(x, tf.reshape(at, [1]) as tf.Tensor1D), row(-1)],
    ['gather', (x, at) => tf.gather(x, tf.reshape(at, [1]) as tf.Tensor1D), row(2)],
    ['gather of a batch', (x, at) => tf.gather(x, tf.tile(at, [2, 1]), 1, 1), row(-1)],
    ['gatherND', tf.gatherND, row(0, -1)],
    ['gatherND', tf.gatherND, row(0, 3)],
    ['scatterND', (x, at) => tf.scatterND(at, tf.sum(tf.slice(x, [0, 0], [1, 3]), 1), [2, 3]), row(0, 3)],
    ['scatterND', (x, at) => tf.scatterND(at, tf.sum(tf.slice(x, [0, 0], [1, 3]), 1), [2, 3]), row(1, -1)],
  ])('refuses an index out of range in %s, case %#', async (_, body, index) => {
    const loaded = await load(
      localComputation({ x: float32(2, 3), at: int32(...index.shape) }, ({ x, at }) => body(x, at)),
    );
    const x = tensor('float32', [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
    const first = tensor('int32', index.shape, new Int32Array(index.data.length));
    expect(await loaded.run([x, first], SEED)).toHaveLength(1);
    const wrong = index.data.at(-1);
    const words = new RegExp(`indices must be (from 0 to [12]|within their axis), got ${wrong}$`);
    await expect(async () => loaded.run([x, index], SEED)).rejects.toThrow(words);
  });

  test('takes an empty dataset', async () => {
    const loaded = await load(
      localComputation({ data: sequence(float32(2)) }, ({ data }) =>
        sequenceReduce(data.batch(3).shuffle(), tf.ones([2]), (sum, rows, mask) =>
          tf.add(sum, tf.sum(tf.mul(rows, tf.expandDims(mask, 1)), 0)),
        ),
      ),
    );
    expect(await loaded.run([tensor('float32', [0, 2], new Float32Array(0))], SEED)).toEqual([floats(1, 1)]);
  });

  test.each<[string, readonly Tensor[], string]>([
    ['another shape', [floats(1, 2, 3)], 'leaf 0 must be float32[2], got float32[3]'],
    ['another type', [tensor('int32', [2], Int32Array.of(1, 2))], 'got int32[2]'],
    [
      'fewer elements than the shape says',
      [{ dtype: 'float32', shape: [2], data: Float32Array.of(1) }],
      'leaf 0 must have 2 elements for shape [2], got 1',
    ],
    [
      'an array of another type',
      [{ dtype: 'float32', shape: [2], data: Float64Array.of(1, 2) as never }],
      'leaf 0 must have data of float32 in a Float32Array, got Float64Array',
    ],
    ['too few', [], 'it takes 1 leaves, got 0'],
    ['too many', [floats(1, 2), floats(1, 2)], 'got 2'],
  ])('refuses leaves: %s', async (_, leaves, message) => {
    const loaded = await load(shift);
    await expect((async () => loaded.run(leaves, SEED))()).rejects.toThrow(message);
    expect(await loaded.run([floats(1, 2)], SEED)).toEqual([floats(1, 2), floats(2, 3)]);
  });

  test('refuses a bool that is neither 0 nor 1', async () => {
    const loaded = await load(localComputation(bool(2), (votes) => tf.sum(tf.cast(votes, 'float32'))));
    const votes = (...data: number[]): Tensor => ({ dtype: 'bool', shape: [2], data: Uint8Array.from(data) });
    await expect((async () => loaded.run([votes(1, 255)], SEED))()).rejects.toThrow(
      'leaf 0 must have bools of 0 or 1, got 255 at element 1',
    );
    expect(await loaded.run([votes(1, 1)], SEED)).toEqual([tensor('float32', [], Float32Array.of(2))]);
  });

  test('sums, averages and takes norms of a hundred thousand numbers as exactly as of a few', async () => {
    const n = 100_000;
    const loaded = await load(
      localComputation({ x: float32(n), rows: float32(n, 3), bias: float32(3) }, ({ x, rows, bias }) => [
        tf.sum(x),
        tf.mean(x),
        tf.norm(x),
        tf.sum(rows, 0),
        tf.grad((each) => tf.sum(tf.mul(rows, tf.add(rows, each))))(bias),
      ]),
    );
    const tenth = Math.fround(0.1);
    const [x, rows] = [new Float32Array(n).fill(tenth), new Float32Array(3 * n).fill(tenth)];
    const bias = floats(0, 0, 0);
    const results = await loaded.run(
      [tensor('float32', [n], x), tensor('float32', [n, 3], rows), bias],
      SEED,
    );
    const sums = new Array<number>(3).fill(n * tenth);
    // Each is known to the last bit of float64; two levels of blocks of 512 round by at most 1024 · 2⁻²⁴ = 6.1e-5.
    const expected = [n * tenth, tenth, Math.sqrt(n) * tenth, ...sums, ...sums];
    const values = results.flatMap(({ data }) => Array.from(data as Float32Array));
    values.forEach((value, index) => {
      expect(Math.abs(value / (expected[index] as number) - 1)).toBeLessThan(6.1e-5);
    });
  });

  test('takes the gradients of tf.js at ties and corners', async () => {
    const cases: readonly (readonly [(x: tf.Tensor) => tf.Tensor, readonly number[], readonly number[]])[] = [
      [(x) => tf.max(x), [2, 2, 1], [1, 1, 0]],
      [(x) => tf.min(x), [1, 1, 2], [1, 1, 0]],
      [
        (x) => tf.maxPool(tf.reshape(x, [1, 1, 3, 1]) as tf.Tensor4D, [1, 3], 1, 'valid'),
        [2, 2, 1],
        [1, 0, 0],
      ],
      [(x) => tf.topk(x, 1).values, [2, 2, 1], [1, 0, 0]],
      [(x) => tf.maximum(x, 1), [1, 1, 2], [1, 1, 1]],
      [(x) => tf.maximum(1, x), [1, 1, 2], [0, 0, 1]],
      [(x) => tf.minimum(x, 1), [1, 1, 2], [1, 1, 0]],
      [(x) => tf.minimum(1, x), [1, 1, 2], [0, 0, 0]],
      [(x) => tf.abs(x), [0, -2, 1], [-1, -1, 1]],
      [(x) => tf.relu(x), [0, -2, 1], [0, 0, 1]],
      [(x) => tf.leakyRelu(x, 0.25), [0, -2, 1], [0.25, 0.25, 1]],
      [(x) => tf.relu6(x), [0, 6, 1], [0, 1, 1]],
      [(x) => tf.clipByValue(x, 0, 1), [0, 1, 2], [1, 1, 0]],
      [(x) => tf.sqrt(x), [0, 1, 4], [Number.POSITIVE_INFINITY, 0.5, 0.25]],
    ];
    for (const [f, at, expected] of cases) {
      const gradient = tf.grad((x: tf.Tensor) => tf.sum(f(x)));
      const loaded = await load(localComputation({ x: float32(3) }, ({ x }) => gradient(x)));
      const [result] = await loaded.run([floats(...at)], SEED);
      expect(Array.from(result?.data as Float32Array, (one) => one + 0)).toEqual(expected);
    }
  });

  test('sums what a reduction only adds in float64, in whatever order and however long', async () => {
    const total = localComputation({ data: sequence(float32()), start: float32() }, ({ data, start }) => [
      sequenceReduce(data, start, (sum, x) => tf.add(sum, x)),
      sequenceReduce(data.batch(1), start, (sum, x, mask) => tf.add(tf.sum(tf.mul(x, mask)), sum)),
      // Not a sum, as its state decides: (((start + x₀) + x₁) …), rounded at each step, never below 0.
      sequenceReduce(data, start, (sum, x) => tf.relu(tf.add(sum, x))),
    ]);
    const loaded = await load(total);
    const sums = async (start: number, ...data: number[]): Promise<readonly number[]> => {
      const results = await loaded.run(
        [floats(...data), tensor('float32', [], Float32Array.of(start))],
        SEED,
      );
      return results.map((one) => one.data[0] as number);
    };
    // 1e8 + 1 is 1e8 in float32.
    expect(await sums(0, 1e8, 1, -1e8, 1)).toEqual([2, 2, 1]);
    expect(await sums(1e8, -1e8, 1)).toEqual([1, 1, 1]);
    expect(await sums(1e8, 1, -1e8)).toEqual([1, 1, 0]);
    expect((await sums(5)).slice(0, 2)).toEqual([5, 5]);
    const tenths = new Array<number>(1000).fill(0.1);
    const exact = Math.fround(1000 * Math.fround(0.1));
    expect((await sums(0, ...tenths)).slice(0, 1)).toEqual([exact]);
  });

  test('gives integers, booleans and floats as what they are', async () => {
    const loaded = await load(
      localComputation({ n: int32(2) }, ({ n }) => ({
        n: tf.mul(n, n),
        even: tf.equal(tf.mod(n, tf.scalar(2, 'int32')), tf.scalar(0, 'int32')),
        half: tf.div(tf.cast(n, 'float32'), 2),
      })),
    );
    const outputs = await loaded.run([tensor('int32', [2], Int32Array.of(-4, 3))], SEED);
    expect(outputs.map(({ dtype }) => dtype)).toEqual(['int32', 'bool', 'float32']);
    expect(outputs.map(({ data }) => [...data])).toEqual([
      [16, 9],
      [1, 0],
      [-2, 1.5],
    ]);
  });
}
