import { describe, expect, test } from 'vitest';
import { loopOf } from '../../testing/loop.js';
import { operatorsAfter } from '../../testing/pass-check.js';
import { hoistInvariants } from './hoist-invariants.js';

describe('hoistInvariants', () => {
  test('moves what reads neither state nor step before the Loop', async () => {
    const graph = loopOf([[3], [3]], ({ builder: b, state, outer: [, x] }) => {
      const still = b.unary('Exp', b.binary('Mul', x!, b.filled('float32', 0.5)));
      return b.binary('Add', b.unary('Tanh', state), still);
    });
    expect(await operatorsAfter(hoistInvariants, graph)).toBe('Mul Exp Loop[Tanh Add Identity]');
  });

  test('leaves what reads the state, and constants of the body where they are read', async () => {
    const graph = loopOf([[3], [3]], ({ builder: b, state, outer: [, x] }) => {
      const half = b.filled('float32', 0.5);
      return b.binary('Add', b.binary('Mul', state, half), b.binary('Mul', x!, half));
    });
    expect(await operatorsAfter(hoistInvariants, graph)).toBe('Mul Loop[Mul Add Identity]');
  });
});
