import { describe, expect, test } from 'vitest';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { joinTransposes } from './join-transposes.js';

describe('joinTransposes', () => {
  test('transposes once when a reshape between two transposes only splits axes', async () => {
    const graph = graphOf([[4, 6]], (b, [x]) => {
      const split = b.reshape(b.transpose(x!, [1, 0]), [3, 2, 2, 2, 1]);
      return [b.transpose(split, [0, 2, 4, 3, 1])];
    });
    expect(await operatorsAfter(joinTransposes, graph)).toBe('Reshape Transpose');
  });

  test('leaves a reshape that merges axes', async () => {
    const graph = graphOf([[4, 6, 2]], (b, [x]) => {
      const merged = b.reshape(b.transpose(x!, [1, 0, 2]), [6, 8]);
      return [b.transpose(merged, [1, 0])];
    });
    expect(await operatorsAfter(joinTransposes, graph)).toBe('Transpose Reshape Transpose');
  });
});
