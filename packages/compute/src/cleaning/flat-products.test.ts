import { describe, expect, test } from 'vitest';
import { floats, kernelNodes, valuesOf, writeGraph } from '../testing/graphs.js';
import { flattenProducts } from './flat-products.js';

describe('flattenProducts', () => {
  test('multiplies matrices where tf.js multiplies batches of one', () => {
    const graph = writeGraph((g) => {
      const a = g.input([1, 1, 2]);
      const b = g.input([2, 1]);
      return [g.kernel('BatchMatMul', { a, b }, { transposeA: false, transposeB: false })];
    });
    const flat = flattenProducts(graph);
    const product = kernelNodes(flat).find(({ kernel }) => kernel === 'BatchMatMul');
    expect(product && flat.values[product.outputs[0] as number]?.shape).toEqual([1, 1]);
    expect(flat.outputs.map((id) => flat.values[id]?.shape)).toEqual([[1, 1, 1]]);
    // 2 · 3 + 5 · 7
    expect(valuesOf(flat, [floats([2, 5], [1, 1, 2]), floats([3, 7], [2, 1])])).toEqual([[41]]);
  });

  test('keeps true batches', () => {
    const graph = writeGraph((g) => {
      const a = g.input([3, 1, 2]);
      return [
        g.kernel('BatchMatMul', { a, b: g.input([3, 2, 1]) }, { transposeA: false, transposeB: false }),
      ];
    });
    expect(flattenProducts(graph)).toEqual(graph);
  });
});
