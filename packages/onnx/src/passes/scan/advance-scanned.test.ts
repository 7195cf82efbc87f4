import { describe, expect, test } from 'vitest';
import { attribute } from '../../builder/graph-builder.js';
import { operatorsAfter } from '../../testing/pass-check.js';
import { scanOf } from '../../testing/scan.js';
import { advanceScanned } from './advance-scanned.js';

describe('advanceScanned', () => {
  test.each([false, true])(
    'computes what no state enters before the walk, when reverse is %s',
    async (reverse) => {
      const graph = scanOf(
        [[3]],
        ({ builder: b, state, slice, outer: [bias] }) => {
          const gate = b.unary('Tanh', b.binary('Add', slice, bias!));
          const next = b.binary('Sub', state, gate);
          return [next, b.unary('Neg', next)];
        },
        reverse,
      );
      expect(await operatorsAfter(advanceScanned, graph)).toBe('Add Tanh Scan[Sub Neg]');
    },
  );

  test('regroups products so that slices meet', async () => {
    const graph = scanOf([], ({ builder: b, state, slice }) => {
      const decayed = b.unary('Exp', slice);
      return [b.binary('Mul', slice, b.binary('Mul', decayed, state))];
    });
    expect(await operatorsAfter(advanceScanned, graph)).toBe('Exp Mul Scan[Mul]');
  });

  test('adds a bias to slices that are added to a matrix product', async () => {
    const graph = scanOf([[3, 3], [3]], ({ builder: b, state, slice, outer: [matrix, bias] }) => {
      const product = b.emitOne('Gemm', [state, matrix!, slice], state, { alpha: attribute.float(0.5) });
      return [b.unary('Tanh', b.binary('Add', product, bias!))];
    });
    expect(await operatorsAfter(advanceScanned, graph)).toBe('Add Scan[Gemm Tanh]');
  });

  test('leaves a product that others read too', async () => {
    const graph = scanOf([], ({ builder: b, state, slice }) => {
      const once = b.binary('Mul', slice, state);
      return [b.binary('Add', once, b.binary('Mul', once, slice))];
    });
    expect(await operatorsAfter(advanceScanned, graph)).toBe('Scan[Mul Mul Add]');
  });
});
