import { describe, expect, test } from 'vitest';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { sinkSqueezes } from './sink-squeezes.js';

describe('sinkSqueezes', () => {
  test('moves a reshape that adds an axis of size 1 past a bias and an activation', async () => {
    const graph = graphOf([[4, 3], [3]], (b, [x, bias]) => [
      b.unary('Tanh', b.binary('Add', b.reshape(x!, [1, 4, 3]), bias!)),
    ]);
    expect(await operatorsAfter(sinkSqueezes, graph)).toBe('Add Tanh Reshape');
  });

  test('sums over the axes that are there when one of size 1 is added', async () => {
    const graph = graphOf([[4, 3]], (b, [x]) => [
      b.reduce('ReduceSum', b.reshape(x!, [1, 4, 3]), [0, 1], false),
    ]);
    expect(await operatorsAfter(sinkSqueezes, graph)).toBe('ReduceSum');
  });

  test('leaves an axis of size 1 that another operand fills', async () => {
    const graph = graphOf([[2, 3], [3]], (b, [x, y]) => [b.binary('Add', b.reshape(x!, [2, 3, 1]), y!)]);
    expect(await operatorsAfter(sinkSqueezes, graph)).toBe('Reshape Add');
  });

  test('leaves an axis of size 1 that another operand of the same length fills', async () => {
    const graph = graphOf([[3], [3]], (b, [x, y]) => [b.binary('Add', b.reshape(x!, [3, 1]), y!)]);
    expect(await operatorsAfter(sinkSqueezes, graph)).toBe('Reshape Add');
  });

  test('leaves sums over other axes, even when these are as long', async () => {
    const graph = graphOf([[3, 3]], (b, [x]) => [
      b.reduce('ReduceSum', b.reshape(x!, [1, 3, 3]), [0, 2], false),
    ]);
    expect(await operatorsAfter(sinkSqueezes, graph)).toBe('Reshape ReduceSum');
  });

  test('leaves reshapes that regroup elements', async () => {
    const graph = graphOf([[4, 3], [2]], (b, [x, y]) => [b.binary('Add', b.reshape(x!, [1, 6, 2]), y!)]);
    expect(await operatorsAfter(sinkSqueezes, graph)).toBe('Reshape Add');
  });
});
