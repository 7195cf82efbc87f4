import { float32, sequence } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { kernelGraphOf, localComputation } from '../capture/local-computation.js';
import { sequenceReduce } from '../capture/sequences/sequence-reduce.js';
import * as tf from '../tensorflow/tf.js';
import { floats, nodeNames, valuesOf } from '../testing/graphs.js';

/** Σ over the data of x · (2 · table), with a table from outside. */
function weighted(table: tf.Tensor) {
  const [length = 0] = table.shape;
  return kernelGraphOf(
    localComputation({ data: sequence(float32(length)) }, ({ data }) =>
      sequenceReduce(data, tf.scalar(0), (sum, x) => sum.add(tf.sum(x.mul(table.mul(2))))),
    ),
  );
}

describe('inlineConstants', () => {
  test('lets a body fold what it computes of a small tensor from outside', () => {
    const graph = weighted(tf.tensor1d([1, 3]));
    const [reduce] = graph.nodes;
    expect(reduce?.op === 'reduce' && nodeNames(reduce.body)).toEqual(['Multiply', 'Sum', 'Add']);
    expect(reduce?.op === 'reduce' && reduce.captures).toEqual([]);
    // 1 · 2 + 1 · 6, then 10 · 2 + 0 · 6
    expect(valuesOf(graph, [floats([1, 1, 10, 0], [2, 2])])).toEqual([[28]]);
  });

  test('leaves a large tensor outside', () => {
    const [reduce] = weighted(tf.linspace(0, 1, 2000)).nodes;
    expect(reduce?.op === 'reduce' && reduce.captures).toHaveLength(1);
    expect(
      reduce?.op === 'reduce' && reduce.body.constants.every(({ tensor }) => tensor.shape.length === 0),
    ).toBe(true);
  });
});
