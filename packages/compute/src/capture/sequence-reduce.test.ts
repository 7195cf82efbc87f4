import { float32, type LocalComputation, sequence, struct, tensor, uint8 } from '@starling/federated-core';
import { describe, expect, it } from 'vitest';
import * as tf from '../tensorflow/tf.js';
import { ENGINES, runLocal } from '../testing/engines.js';
import { floats } from '../testing/graphs.js';
import { kernelGraphOf, localComputation } from './local-computation.js';
import { sequenceLength, sequenceReduce } from './sequence-reduce.js';
import type { SymbolicDataset } from './symbolic-dataset.js';

describe.each(ENGINES)('sequenceReduce on %s', (_, makeEngine) => {
  const run = (local: unknown, ...argument: Parameters<typeof runLocal>[2]) =>
    runLocal(makeEngine, local as LocalComputation, argument);

  it('walks element by element, in order', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data, tf.scalar(0), (state, x) => state.mul(10).add(x)),
    );
    expect(await run(local, floats([1, 2, 3]))).toEqual([[123]]);
  });

  it('gives the initial state for an empty dataset', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data, { sum: tf.scalar(7) }, ({ sum }, x) => ({ sum: sum.add(x) })),
    );
    expect(await run(local, floats([]))).toEqual([[7]]);
  });

  it('masks the padding of a short last batch', async () => {
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

  it('leaves a short last batch out with dropRemainder', async () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data.batch(2, { dropRemainder: true }).repeat(3), tf.scalar(0), (sum, batch) =>
        sum.add(tf.sum(batch)),
      ),
    );
    // Three epochs of 1 + 2 + 3 + 4.
    expect(await run(local, floats([1, 2, 3, 4, 5]))).toEqual([[30]]);
  });

  it('uses at most as many elements as take says, and counts them', async () => {
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

  it('meets every element once an epoch when shuffling', async () => {
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

  it('reads what stands around its body', async () => {
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

  it('is one node, however long the dataset', () => {
    const local = localComputation({ data: sequence(float32()) }, ({ data }) =>
      sequenceReduce(data.repeat(1000), tf.scalar(0), (sum, x) => sum.add(x)),
    );
    expect(kernelGraphOf(local).nodes.map((node) => node.op)).toEqual(['reduce']);
  });

  it('refuses a body that changes the form or the types of its state', () => {
    expect(capture((data) => sequenceReduce(data, { a: 0 }, () => ({ b: 0 })))).toThrow('{a:•}, got {b:•}');
    expect(capture((data) => sequenceReduce(data, tf.zeros([2]), (_, x) => x))).toThrow(
      'leaf 0 was float32[2] and became float32[]',
    );
  });

  it('refuses a dataset within the body of another reduction', () => {
    const nested = capture((data) =>
      sequenceReduce(data, tf.scalar(0), (sum) =>
        sum.add(sequenceReduce(data, tf.scalar(0), (s, x) => s.add(x))),
      ),
    );
    expect(nested).toThrow('inside the body of another reduction');
  });

  it('refuses a tensor of a body that has ended', () => {
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

  it.each<[string, (data: SymbolicDataset) => unknown]>([
    ['batch 0', (data) => data.batch(0)],
    ['a batch of batches', (data) => data.batch(2).batch(3)],
    ['repeat 1.5', (data) => data.repeat(1.5)],
    ['take −1', (data) => data.take(-1)],
  ])('refuses %s', (_, use) => {
    expect(capture(use as (data: SymbolicDataset<tf.Tensor>) => unknown)).toThrow(RangeError);
  });

  it('gives elements by the names of their type', () => {
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
