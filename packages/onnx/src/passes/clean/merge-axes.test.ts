import { describe, expect, test } from 'vitest';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { mergeAxes } from './merge-axes.js';

describe('mergeAxes', () => {
  test('moves axes that stay side by side as one, and none of size 1', async () => {
    const graph = graphOf([[2, 3, 4, 5, 1, 1]], (b, [x]) => [b.transpose(x!, [0, 2, 4, 5, 3, 1])]);
    expect(await operatorsAfter(mergeAxes, graph)).toBe('Reshape Transpose Reshape');
  });

  test('only reshapes when nothing but axes of size 1 moves', async () => {
    const graph = graphOf([[2, 1, 3]], (b, [x]) => [b.transpose(x!, [1, 0, 2])]);
    expect(await operatorsAfter(mergeAxes, graph)).toBe('Reshape Reshape');
  });

  test('leaves transposes that have no axis to spare', async () => {
    const graph = graphOf([[2, 3, 4]], (b, [x]) => [b.transpose(x!, [2, 1, 0])]);
    expect(await operatorsAfter(mergeAxes, graph)).toBe('Transpose');
  });
});
