import { describe, expect, test } from 'vitest';
import { floats, nodeNames, valuesOf, writeGraph } from '../testing/graphs.js';
import { removeDeadCode } from './dead-code.js';
import { scalarFills } from './scalar-fills.js';

describe('scalarFills', () => {
  test('reads a scalar in the place of a tensor of one number', () => {
    const graph = writeGraph((g) => {
      const two = g.kernel('Fill', {}, { shape: [3], value: 2, dtype: 'float32' });
      return [g.kernel('Multiply', { a: g.input([3]), b: two })];
    });
    const cleaned = removeDeadCode(scalarFills(graph));
    expect(nodeNames(cleaned)).toEqual(['Multiply']);
    expect(cleaned.constants.map(({ tensor }) => tensor.shape)).toEqual([[]]);
    expect(valuesOf(cleaned, [floats([1, 2, 3])])).toEqual([[2, 4, 6]]);
  });

  test('keeps a tensor that gives the result its shape', () => {
    const graph = writeGraph((g) => {
      const two = g.kernel('Fill', {}, { shape: [2, 3], value: 2, dtype: 'float32' });
      return [g.kernel('Add', { a: g.input([3]), b: two })];
    });
    const cleaned = removeDeadCode(scalarFills(graph));
    expect(nodeNames(cleaned)).toEqual(['Fill', 'Add']);
    expect(valuesOf(cleaned, [floats([1, 2, 3])])).toEqual([[3, 4, 5, 3, 4, 5]]);
  });
});
