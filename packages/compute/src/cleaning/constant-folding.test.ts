import { describe, expect, test } from 'vitest';
import { kernelNodes, nodeNames, valuesOf, writeGraph } from '../testing/graphs.js';
import { foldConstants } from './constant-folding.js';
import { removeDeadCode } from './dead-code.js';

const clean = (graph: Parameters<typeof foldConstants>[0]) => removeDeadCode(foldConstants(graph));

describe('foldConstants', () => {
  test('computes what depends on constants alone', () => {
    const graph = writeGraph((g) => [
      g.kernel('Sum', { x: g.kernel('Multiply', { a: g.constant([1, 2, 3]), b: g.constant([2], []) }) }),
    ]);
    const cleaned = clean(graph);
    expect(nodeNames(cleaned)).toEqual([]);
    // 2 · (1 + 2 + 3)
    expect(valuesOf(cleaned, [])).toEqual([[12]]);
  });

  test('keeps a large tensor of one number a Fill', () => {
    const graph = writeGraph((g) => {
      const half = g.kernel('Fill', {}, { shape: [100, 200], value: 0.5, dtype: 'float32' });
      const quarter = g.kernel('Multiply', { a: half, b: half });
      return [g.kernel('Reshape', { x: quarter }, { shape: [200, 100] })];
    });
    const cleaned = clean(graph);
    expect(cleaned.constants).toEqual([]);
    expect(kernelNodes(cleaned).map(({ kernel, attributes }) => ({ kernel, attributes }))).toEqual([
      { kernel: 'Fill', attributes: { shape: [200, 100], value: 0.25, dtype: 'float32' } },
    ]);
  });

  test('leaves a node whose result is too large to store', () => {
    const graph = writeGraph((g) => [
      g.kernel('Tile', { x: g.constant([1, 2]) }, { reps: [1000] }),
      g.kernel('Exp', { x: g.input([1]) }),
    ]);
    expect(nodeNames(clean(graph))).toEqual(['Tile', 'Exp']);
  });
});
