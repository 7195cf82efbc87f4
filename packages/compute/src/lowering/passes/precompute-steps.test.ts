import { describe, expect, it } from 'vitest';
import { loopOf } from '../testing/loop.js';
import { operatorsAfter } from '../testing/pass-check.js';
import { precomputeSteps } from './precompute-steps.js';

describe('precomputeSteps', () => {
  it('computes for all steps what depends on their rows alone, and picks the row in the body', async () => {
    const graph = loopOf([[4], [3, 4]], ({ builder: b, step, state, outer: [, mask] }) => {
      const row = b.gather(mask!, step, 0);
      const sum = b.reduce('ReduceSum', row, [0], false);
      const share = b.binary('Div', row, b.binary('Max', sum, b.filled('float32', 1)));
      return b.binary('Add', state, b.binary('Mul', share, state));
    });
    expect(await operatorsAfter(precomputeSteps, graph)).toBe(
      'ReduceSum Max Reshape Div Loop[Gather Mul Add Identity]',
    );
  });

  it('leaves large values to their step', async () => {
    const graph = loopOf([[5000], [3, 5000]], ({ builder: b, step, state, outer: [, rows] }) =>
      b.binary('Add', state, b.unary('Exp', b.gather(rows!, step, 0))),
    );
    expect(await operatorsAfter(precomputeSteps, graph)).toBe('Loop[Gather Exp Add Identity]');
  });
});
