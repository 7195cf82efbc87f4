import { describe, expect, test } from 'vitest';
import { recordDraw } from '../capture/recording/randomness.js';
import { floats, nodeNames, valuesOf, writeGraph } from '../testing/graphs.js';
import { mergeCommonSubexpressions } from './common-subexpressions.js';
import { removeDeadCode } from './dead-code.js';

const clean = (graph: Parameters<typeof mergeCommonSubexpressions>[0]) =>
  removeDeadCode(mergeCommonSubexpressions(graph));

describe('mergeCommonSubexpressions', () => {
  test('computes once what two nodes compute from the same', () => {
    const graph = writeGraph((g) => {
      const x = g.input([2]);
      const twice = () => g.kernel('Multiply', { a: x, b: g.constant([2, 2]) });
      return [g.kernel('Add', { a: twice(), b: twice() })];
    });
    const cleaned = clean(graph);
    expect(nodeNames(cleaned)).toEqual(['Multiply', 'Add']);
    expect(cleaned.constants).toHaveLength(1);
    expect(valuesOf(cleaned, [floats([1, 3])])).toEqual([[4, 12]]);
  });

  test('keeps nodes apart whose attributes differ, infinities and zeros of either sign included', () => {
    const graph = writeGraph((g) => {
      const fill = (value: number) => g.kernel('Fill', {}, { shape: [2], value, dtype: 'float32' });
      return [fill(0), fill(-0), fill(Infinity), fill(-Infinity), fill(0)];
    });
    expect(nodeNames(clean(graph))).toHaveLength(4);
  });

  test('never merges two draws', () => {
    const graph = writeGraph((g) => {
      const draw = () => recordDraw(g.recording, [2], { kind: 'uniform', low: 0, high: 1 });
      return [draw(), draw()];
    });
    expect(nodeNames(clean(graph))).toEqual(['random', 'random']);
  });
});
