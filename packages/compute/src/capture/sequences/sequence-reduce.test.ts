import {
  float32,
  int32,
  type LocalComputation,
  sequence,
  struct,
  type Tensor,
  tensor,
  uint8,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import * as tf from '../../tensorflow/tf.js';
import { ENGINES, runLocal } from '../../testing/engines.js';
import { floats } from '../../testing/graphs.js';
import { kernelGraphOf, localComputation } from '../local-computation.js';
import { random } from '../random.js';
import { sequenceLength, sequenceReduce } from './sequence-reduce.js';
import type { SymbolicDataset } from './symbolic-dataset.js';

describe.each(ENGINES)('sequenceReduce on %s', (_, makeEngine) => {
  const run = (local: unknown, ...argument: Parameters<typeof runLocal>[2]) =>
    runLocal(makeEngine, local as LocalComputation, argument);

  test('walks element by element, in order', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data, tf.scalar(0), (state, x) => state.mul(10).add(x)),
    );
    expect(await run(local, floats([1, 2, 3]))).toEqual([[123]]);
  });

  test('gives the initial state for an empty dataset', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data, { sum: tf.scalar(7) }, ({ sum }, x) => ({ sum: sum.add(x) })),
    );
    expect(await run(local, floats([]))).toEqual([[7]]);
  });

  test('masks the padding of a short last batch', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(
        data.batch(2),
        { sum: tf.scalar(0), steps: tf.scalar(0), elements: tf.scalar(0) },
        ({ sum, steps, elements }, batch, mask) => ({
          sum: sum.add(tf.sum(batch.mul(mask))),
          steps: steps.add(1),
          elements: elements.add(tf.sum(mask)),
        }),
      ),
    );
    // 1 + 2, 3 + 4, 5 and padding: the record's fields in their order.
    expect(await run(local, floats([1, 2, 3, 4, 5]))).toEqual([[15], [3], [5]]);
  });

  test('leaves a short last batch out with dropRemainder', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data.batch(2, { dropRemainder: true }).repeat(3), tf.scalar(0), (sum, batch) =>
        sum.add(tf.sum(batch)),
      ),
    );
    // Three epochs of 1 + 2 + 3 + 4.
    expect(await run(local, floats([1, 2, 3, 4, 5]))).toEqual([[30]]);
  });

  test('uses at most as many elements as take says, and counts them', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) => {
      const first = data.take(2);
      return [
        sequenceReduce(first, tf.scalar(0), (sum, x) => sum.add(x)),
        sequenceLength(first),
        sequenceLength(data),
      ];
    });
    expect(await run(local, floats([1, 2, 4]))).toEqual([[3], [2], [3]]);
  });

  test('walks as many epochs, steps and elements as the argument says', async () => {
    const local = localComputation(
      { data: sequence(float32()), epochs: int32(), steps: int32(), most: int32() },
      ({ data, epochs, steps, most }) => {
        const batches = data.batch(2);
        const count = (view: SymbolicDataset<tf.Tensor>): tf.Tensor =>
          sequenceReduce(view, tf.tensor1d([0, 0]), (sums, batch, mask) =>
            sums.add(tf.stack([tf.sum(batch.mul(mask)), tf.scalar(1)])),
          );
        return [
          count(batches.repeat(epochs)),
          count(batches.steps(steps)),
          count(batches.take(most)),
          sequenceLength(data.take(most)),
        ];
      },
    );
    const argument = (...counts: readonly number[]): Tensor[] => [
      floats([1, 2, 4]),
      ...counts.map((each) => tensor('int32', [], Int32Array.of(each))),
    ];
    // An epoch is (1, 2) and (4, padding): sum 7 in 2 steps. 5 steps are two epochs and (1, 2).
    expect(await run(local, ...argument(3, 5, 2))).toEqual([[21, 6], [17, 5], [3, 1], [2]]);
    expect(await run(local, ...argument(1, 1, 9))).toEqual([[7, 2], [3, 1], [7, 2], [3]]);
    expect(await run(local, ...argument(0, 0, 0))).toEqual([[0, 0], [0, 0], [0, 0], [0]]);
    await expect(run(local, ...argument(-1, 1, 1))).rejects.toThrow('epochs must be 0 or more, got -1');
    await expect(run(local, ...argument(2 ** 31 - 1, 1, 1))).rejects.toThrow('are too many');
  });

  test('gives the bits of constant epochs when the argument holds the same number', async () => {
    const fold = (view: SymbolicDataset<tf.Tensor>): tf.Tensor =>
      sequenceReduce(view.shuffle().batch(2), tf.scalar(0), (sum, batch, mask) =>
        sum
          .mul(1.7)
          .add(tf.sum(batch.mul(mask)))
          .add(random.normal([])),
      );
    const constant = localComputation({ data: sequence(float32()) }, ({ data }) => fold(data.repeat(3)));
    const given = localComputation({ data: sequence(float32()), epochs: int32() }, ({ data, epochs }) =>
      fold(data.repeat(epochs)),
    );
    const data = floats([0.1, 0.2, 0.3, 0.4, 0.5]);
    const three = tensor('int32', [], Int32Array.of(3));
    expect(await run(given, data, three)).toEqual(await run(constant, data));
  });

  test('meets every element once an epoch when shuffling', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(
        data.shuffle().repeat(2),
        { sum: tf.scalar(0), order: tf.scalar(0) },
        ({ sum, order }, x) => ({ sum: sum.add(x), order: order.mul(2).add(x) }),
      ),
    );
    const [sum, order] = await run(local, floats([1, 2, 4, 8, 16, 32]));
    expect(sum).toEqual([126]);
    // The order as given, twice, is ((1·2+2)·2+4)…: each of the six elements ends as 32 in an epoch.
    const asGiven = [1, 2, 4, 8, 16, 32, 1, 2, 4, 8, 16, 32].reduce((total, x) => total * 2 + x, 0);
    expect(order).not.toEqual([asGiven]);
  });

  test('reads what stands around its body', async () => {
    const local = localComputation({ data: sequence(uint8(2)), scale: float32() }, ({ data, scale }) => {
      const half = scale.div(2);
      return sequenceReduce(data, tf.zeros([2]), (sum, x) => sum.add(x.toFloat().mul(half)).add(scale));
    });
    // scale 4: each element adds 2 x + 4.
    const data = tensor('uint8', [2, 2], Uint8Array.of(1, 2, 3, 200));
    expect(await run(local, data, floats([4], []))).toEqual([[2 * 4 + 8, 2 * 202 + 8]]);
  });
});

describe('sequenceReduce', () => {
  const capture = (body: (data: SymbolicDataset<tf.Tensor>) => unknown) => () =>
    localComputation({ data: sequence(float32()) }, ({ data }) => body(data) as tf.Tensor);

  test('is one node, however long the dataset', () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data.repeat(1000), tf.scalar(0), (sum, x) => sum.add(x)),
    );
    expect(kernelGraphOf(local).nodes.map((node) => node.op)).toEqual(['reduce']);
  });

  test('refuses a body that changes the form or the types of its state', () => {
    expect(capture((data) => sequenceReduce(data, { a: 0 }, () => ({ b: 0 })))).toThrow('{a:•}, got {b:•}');
    expect(capture((data) => sequenceReduce(data, tf.zeros([2]), (_, x) => x))).toThrow(
      'leaf 0 was float32[2] and became float32[]',
    );
  });

  test('refuses a dataset within the body of another reduction', () => {
    const nested = capture((data) =>
      sequenceReduce(data, tf.scalar(0), (sum) =>
        sum.add(sequenceReduce(data, tf.scalar(0), (s, x) => s.add(x))),
      ),
    );
    expect(nested).toThrow('inside the body of another reduction');
  });

  test('refuses a tensor of a body that has ended', () => {
    let escaped: tf.Tensor | undefined;
    const escaping = capture((data) => {
      sequenceReduce(data, tf.scalar(0), (sum, x) => {
        escaped = tf.keep(sum.add(x));
        return escaped;
      });
      return tf.neg(escaped as tf.Tensor);
    });
    expect(escaping).toThrow('a body that has ended');
  });

  test.each<[string, (data: SymbolicDataset) => unknown]>([
    ['batch 0', (data) => data.batch(0)],
    ['a batch of batches', (data) => data.batch(2).batch(3)],
    ['repeat 1.5', (data) => data.repeat(1.5)],
    ['take −1', (data) => data.take(-1)],
    ['0 steps', (data) => data.steps(0)],
    ['epochs and steps', (data) => data.repeat(2).steps(3)],
    ['steps and epochs', (data) => data.steps(3).repeat(2)],
  ])('refuses %s', (_, use) => {
    expect(capture(use as (data: SymbolicDataset<tf.Tensor>) => unknown)).toThrow(RangeError);
  });

  test.each([
    ['0', 0, 'got 0 (only a scalar may be 0)'],
    ["'2'", '2', "got '2'"],
    ['null', null, 'got null'],
    ['nothing', undefined, 'got undefined'],
  ])('refuses a count of %s, and says what is needed', (_, count, got) => {
    const need = 'need a positive integer, or an int32 scalar of the argument';
    for (const method of ['take', 'repeat', 'steps'] as const) {
      expect(capture((data: SymbolicDataset<tf.Tensor>) => data[method](count as number))).toThrow(
        `${need}, ${got}`,
      );
    }
  });

  test('refuses epochs that its body computes, and says what to do', () => {
    const local = (epochsOf: (epochs: tf.Tensor) => tf.Tensor) => () =>
      localComputation({ data: sequence(float32()), epochs: int32(), rate: float32() }, ({ data, epochs }) =>
        sequenceReduce(data.repeat(epochsOf(epochs)), tf.scalar(0), tf.add),
      );
    const code = 'computed-count';
    expect(local((epochs) => epochs.add(1))).toThrow(expect.objectContaining({ code }));
    expect(local((epochs) => epochs.add(1))).toThrow('in a local computation of its own, mapped before');
    expect(local(() => tf.scalar(2, 'int32'))).toThrow(expect.objectContaining({ code }));
    const ofFloat = () =>
      localComputation({ data: sequence(float32()), rate: float32() }, ({ data, rate }) =>
        sequenceReduce(data.repeat(rate), tf.scalar(0), tf.add),
      );
    expect(ofFloat).toThrow('got a parameter, float32[]');
    const twice = () =>
      localComputation({ data: sequence(float32()), epochs: int32() }, ({ data, epochs }) =>
        sequenceReduce(data.repeat(epochs).repeat(2), tf.scalar(0), tf.add),
      );
    expect(twice).toThrow('need one call where the count is a tensor');
  });

  test('gives elements by the names of their type', () => {
    const element = struct({ x: float32(2), y: float32() });
    const local = localComputation({ data: sequence(element) }, ({ data }) =>
      sequenceReduce(data.batch(4), tf.scalar(0), (sum, { x, y }) => {
        expect([x.shape, y.shape]).toEqual([[4, 2], [4]]);
        return sum.add(x.sum()).add(y.sum());
      }),
    );
    expect(kernelGraphOf(local).inputs).toHaveLength(2);
  });
});
