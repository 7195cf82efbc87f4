import { float32 } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { kernelGraphOf, localComputation } from '../capture/local-computation.js';
import { scan } from '../capture/scan/scan.js';
import * as tf from '../tensorflow/tf.js';
import { floats, nodeNames, valuesOf } from '../testing/graphs.js';

describe('hoistScanProducts', () => {
  // h ← h + x W from h = 0, and as a result 2 h V: with scalars as 1 × 1 matrices, W = 3 and V = 5.
  const local = localComputation(
    { x: float32(3, 1, 1), w: float32(1, 1), v: float32(1, 1) },
    ({ x, w, v }) => {
      const [last, results] = scan(x, tf.zeros([1, 1]), (h, each) => {
        const next = tf.add(h, tf.matMul(each, w));
        return [next, tf.matMul(tf.mul(next, 2), v)];
      });
      return [last, results];
    },
  );

  test('takes products of elements before the walk, and products that make results after it', () => {
    const graph = kernelGraphOf(local);
    const bodies = graph.nodes.flatMap((node) => (node.op === 'scan' ? [nodeNames(node.body)] : []));
    expect(bodies).toEqual([['Add', 'Multiply']]);
    expect(nodeNames(graph).filter((name) => name === 'BatchMatMul')).toHaveLength(2);
  });

  test('changes no value', () => {
    // x = 1, 2, 4: h = 3, 9, 21; results 2 · h · 5.
    const argument = [floats([1, 2, 4], [3, 1, 1]), floats([3], [1, 1]), floats([5], [1, 1])];
    expect(valuesOf(kernelGraphOf(local), argument)).toEqual([[21], [30, 90, 210]]);
  });
});
