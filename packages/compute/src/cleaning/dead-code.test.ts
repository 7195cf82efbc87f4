import { describe, expect, test } from 'vitest';
import { floats, nodeNames, valuesOf, writeGraph } from '../testing/graphs.js';
import { removeDeadCode } from './dead-code.js';

describe('removeDeadCode', () => {
  test('drops nodes and constants that no output needs, and keeps inputs', () => {
    const graph = writeGraph((g) => {
      const x = g.input([2]);
      const unread = g.input([2]);
      g.kernel('Exp', { x: g.kernel('Add', { a: unread, b: g.constant([5, 5]) }) });
      return [g.kernel('Neg', { x })];
    });
    const cleaned = removeDeadCode(graph);
    expect(nodeNames(cleaned)).toEqual(['Neg']);
    expect(cleaned.constants).toEqual([]);
    expect(cleaned.inputs).toEqual(graph.inputs);
    expect(valuesOf(cleaned, [floats([1, 2]), floats([0, 0])])).toEqual([[-1, -2]]);
  });
});
