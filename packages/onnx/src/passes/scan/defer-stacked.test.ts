import { describe, expect, test } from 'vitest';
import { operatorsAfter } from '../../testing/pass-check.js';
import { scanOf } from '../../testing/scan.js';
import { deferStacked } from './defer-stacked.js';

describe('deferStacked', () => {
  // The derivative of tanh, 1 − y², is a result that no step needs.
  test.each([false, true])(
    'computes after the walk what no step needs, when reverse is %s',
    async (reverse) => {
      const graph = scanOf(
        [],
        ({ builder: b, state, slice }) => {
          const y = b.unary('Tanh', b.binary('Add', state, slice));
          const derivative = b.binary('Sub', b.filled('float32', 1), b.binary('Mul', y, y));
          return [b.unary('Identity', y), derivative];
        },
        reverse,
      );
      expect(await operatorsAfter(deferStacked, graph)).toBe('Scan[Add Tanh Identity] Mul Sub');
    },
  );

  test('leaves what the next step needs', async () => {
    const graph = scanOf([], ({ builder: b, state, slice }) => {
      const y = b.unary('Exp', slice);
      return [b.binary('Mul', state, y), y];
    });
    expect(await operatorsAfter(deferStacked, graph)).toBe('Scan[Exp Mul]');
  });
});
