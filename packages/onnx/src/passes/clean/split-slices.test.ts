import { describe, expect, test } from 'vitest';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { splitSlices } from './split-slices.js';

describe('splitSlices', () => {
  test('makes one Split of slices that make up an axis, whatever their order', async () => {
    const graph = graphOf([[2, 6]], (b, [x]) => {
      const part = (begin: number, size: number) => b.slice(x!, [0, 1], [0, begin], [2, size]);
      return [b.unary('Exp', part(2, 1)), b.unary('Neg', part(3, 3)), b.unary('Sin', part(0, 2))];
    });
    expect(await operatorsAfter((g) => splitSlices(g), graph)).toBe('Split Exp Neg Sin');
  });

  test('leaves slices that overlap, leave a gap or take every second element', async () => {
    const graph = graphOf([[6]], (b, [x]) => [
      b.slice(x!, [0], [0], [4]),
      b.slice(x!, [0], [3], [3]),
      b.slice(x!, [0], [0], [3], [2]),
    ]);
    expect(await operatorsAfter((g) => splitSlices(g), graph)).toBe('Slice Slice Slice');
  });
});
