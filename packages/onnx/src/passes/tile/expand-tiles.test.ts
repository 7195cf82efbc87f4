import { describe, expect, test } from 'vitest';
import { applyPass } from '../../builder/rewrite-graph.js';
import { fromTiles, toTiles } from '../../convolution/tile-operators.js';
import { graphOf, operatorsOf } from '../../testing/pass-check.js';
import { expandTiles } from './expand-tiles.js';

// What the expanded operators compute is tested in tile-operators.test.ts.
describe('expandTiles', () => {
  test('leaves no operator on tiles', () => {
    const graph = graphOf([[2, 8, 8, 3]], (b, [x]) => [fromTiles(b, toTiles(b, x!, 4), [2, 8, 8, 3])]);
    expect(operatorsOf(graph)).toBe('ToTiles FromTiles');
    expect(operatorsOf(applyPass(graph, expandTiles))).toBe(
      'Reshape Transpose Reshape Reshape Transpose Reshape',
    );
  });

  test('leaves other operators as they are', () => {
    const graph = graphOf([[3]], (b, [x]) => [b.unary('Neg', x!)]);
    expect(operatorsOf(applyPass(graph, expandTiles))).toBe('Neg');
  });
});
