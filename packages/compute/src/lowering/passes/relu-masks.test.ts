import { describe, expect, it } from 'vitest';
import { graphOf, operatorsAfter } from '../testing/pass-check.js';
import { reluMasks } from './relu-masks.js';

describe('reluMasks', () => {
  it('asks the output of a relu where its input was positive, and chooses instead of multiplying', async () => {
    const graph = graphOf([[6], [6]], (b, [x, dy]) => {
      const input = b.unary('Neg', x!);
      const y = b.unary('Relu', input);
      const mask = b.cast(b.compare('Greater', input, b.filled('float32', 0)), 'float32');
      return [y, b.binary('Mul', dy!, mask)];
    });
    expect(await operatorsAfter(reluMasks(), graph)).toBe('Neg Relu Greater Where');
  });

  it('keeps a mask that others read too', async () => {
    const graph = graphOf([[6], [6]], (b, [x, dy]) => {
      const mask = b.cast(b.compare('Greater', x!, b.filled('float32', 0)), 'float32');
      return [mask, b.binary('Mul', dy!, mask)];
    });
    expect(await operatorsAfter(reluMasks(), graph)).toBe('Greater Cast Mul');
  });
});
