import { describe, expect, test } from 'vitest';
import { floats, nodeNames, valuesOf, writeGraph } from '../testing/graphs.js';
import { removeDeadCode } from './dead-code.js';
import { removeIdentities } from './identities.js';

const clean = (graph: Parameters<typeof removeIdentities>[0]) => removeDeadCode(removeIdentities(graph));

describe('removeIdentities', () => {
  test('gives back the input of nodes that change nothing', () => {
    const graph = writeGraph((g) => {
      const x = g.input([2, 3]);
      const same = [
        g.kernel('Identity', { x }),
        g.kernel('Cast', { x }, { dtype: 'float32' }),
        g.kernel('Reshape', { x }, { shape: [2, 3] }),
        g.kernel('Transpose', { x }, { perm: [0, 1] }),
        g.kernel('Slice', { x }, { begin: [0, 0], size: [-1, -1] }),
        g.kernel('Tile', { x }, { reps: [1, 1] }),
        g.kernel('Multiply', { a: x, b: g.constant([1], []) }),
        g.kernel('Multiply', {
          a: g.kernel('Fill', {}, { shape: [2, 3], value: 1, dtype: 'float32' }),
          b: x,
        }),
        g.kernel('Sub', { a: x, b: g.constant([0], []) }),
        g.kernel('RealDiv', { a: x, b: g.constant([1], []) }),
        g.kernel('Neg', { x: g.kernel('Neg', { x }) }),
      ];
      return same;
    });
    const cleaned = clean(graph);
    expect(nodeNames(cleaned)).toEqual([]);
    expect(new Set(cleaned.outputs)).toEqual(new Set(graph.inputs));
  });

  test('keeps nodes that only look like identities', () => {
    const graph = writeGraph((g) => {
      const x = g.input([2]);
      return [
        // Broadcasting to [3, 2]: the result is larger than x.
        g.kernel('Multiply', {
          a: x,
          b: g.kernel('Fill', {}, { shape: [3, 2], value: 1, dtype: 'float32' }),
        }),
        // −0 + 0 is 0, so that adding 0 can change a bit.
        g.kernel('Add', { a: x, b: g.constant([0], []) }),
        // x − (−0) is x, but −0 is not the 0 that the rule is about.
        g.kernel('Sub', { a: x, b: g.constant([-0], []) }),
      ];
    });
    expect(nodeNames(clean(graph))).toEqual(['Fill', 'Multiply', 'Add', 'Sub']);
  });

  test('makes one node of two reshapes, transposes or widening casts', () => {
    const graph = writeGraph((g) => {
      const x = g.input([2, 3]);
      const bytes = g.input([2], 'uint8');
      const flat = g.kernel('Reshape', { x }, { shape: [6] });
      const turned = g.kernel(
        'Transpose',
        { x: g.kernel('Transpose', { x }, { perm: [1, 0] }) },
        { perm: [1, 0] },
      );
      const integers = g.kernel('Cast', { x: bytes }, { dtype: 'int32' });
      return [
        g.kernel('Reshape', { x: flat }, { shape: [3, 2] }),
        turned,
        g.kernel('Cast', { x: integers }, { dtype: 'float32' }),
      ];
    });
    expect(nodeNames(clean(graph))).toEqual(['Reshape', 'Cast']);
  });

  test('keeps a cast to int32 between floats, which cuts the fraction off', () => {
    const graph = writeGraph((g) => {
      const cut = g.kernel('Cast', { x: g.input([2]) }, { dtype: 'int32' });
      return [g.kernel('Cast', { x: cut }, { dtype: 'float32' })];
    });
    const cleaned = clean(graph);
    expect(nodeNames(cleaned)).toEqual(['Cast', 'Cast']);
    expect(valuesOf(cleaned, [floats([1.7, -1.7])])).toEqual([[1, -1]]);
  });

  test('reshapes where a reduction is over axes of size 1', () => {
    const graph = writeGraph((g) => {
      const x = g.input([2, 1]);
      return [g.kernel('Sum', { x }, { axis: [1], keepDims: false }), g.kernel('Sum', { x }, { axis: [0] })];
    });
    const cleaned = clean(graph);
    expect(nodeNames(cleaned)).toEqual(['Reshape', 'Sum']);
    expect(valuesOf(cleaned, [floats([3, 4], [2, 1])])).toEqual([[3, 4], [7]]);
  });
});
