import { describe, expect, test } from 'vitest';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { reluMasks } from './relu-masks.js';

describe('reluMasks', () => {
  test('asks the output of a relu where its input was positive', async () => {
    const graph = graphOf([[6], [6]], (b, [x, dy]) => {
      const input = b.unary('Neg', x!);
      const y = b.unary('Relu', input);
      const mask = b.cast(b.compare('Greater', input, b.filled('float32', 0)), 'float32');
      return [y, b.binary('Mul', dy!, mask)];
    });
    expect(await operatorsAfter(reluMasks(), graph)).toBe('Neg Relu Greater Cast Mul');
  });

  test('leaves other comparisons with zero', async () => {
    const graph = graphOf([[6]], (b, [x]) => [
      b.cast(b.compare('Greater', x!, b.filled('float32', 0)), 'float32'),
      b.unary('Relu', x!),
    ]);
    expect(await operatorsAfter(reluMasks(), graph)).toBe('Greater Cast Relu');
  });
});
