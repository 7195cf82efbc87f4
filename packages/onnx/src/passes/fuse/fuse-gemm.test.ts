import { describe, expect, test } from 'vitest';
import { attribute } from '../../builder/graph-builder.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { fuseGemm } from './fuse-gemm.js';

describe('fuseGemm', () => {
  test('takes a bias into the product', async () => {
    const graph = graphOf([[4, 3], [3, 2], [2]], (b, [x, w, bias]) => [
      b.binary('Add', b.matMul(x!, w!), bias!),
    ]);
    expect(await operatorsAfter(fuseGemm, graph)).toBe('Gemm');
  });

  test('takes a gradient step w − lr xᵀ dy into the product', async () => {
    const graph = graphOf(
      [
        [4, 3],
        [4, 2],
        [3, 2],
      ],
      (b, [x, dy, w]) => {
        const described = { dtype: 'float32', shape: [3, 2] } as const;
        const gradient = b.emitOne('Gemm', [x!, dy!], described, { transA: attribute.int(1) });
        return [b.binary('Sub', w!, b.binary('Mul', gradient, b.filled('float32', 0.1)))];
      },
    );
    expect(await operatorsAfter(fuseGemm, graph)).toBe('Gemm');
  });

  // Of products of 1e20 the one is infinite, the other 1e20.
  test('leaves a product times factors that may overflow between', async () => {
    const graph = graphOf([[4, 3], [3, 2], [2]], (b, [x, w, c]) => {
      const large = b.binary('Mul', b.matMul(x!, w!), b.filled('float32', 1e30));
      return [b.binary('Add', b.binary('Mul', large, b.filled('float32', 1e-30)), c!)];
    });
    expect(await operatorsAfter(fuseGemm, graph)).toBe('MatMul Mul Mul Add');
  });

  test('subtracts from the product when it stands first', async () => {
    const graph = graphOf([[4, 3], [3, 2], [2]], (b, [x, w, c]) => [b.binary('Sub', b.matMul(x!, w!), c!)]);
    expect(await operatorsAfter(fuseGemm, graph)).toBe('Gemm');
  });

  test('leaves a product that others read too, and a sum that is larger than the product', async () => {
    const shared = graphOf([[4, 3], [3, 2], [2]], (b, [x, w, bias]) => {
      const product = b.matMul(x!, w!);
      return [b.binary('Add', product, bias!), b.unary('Exp', product)];
    });
    expect(await operatorsAfter(fuseGemm, shared)).toBe('MatMul Add Exp');
    const larger = graphOf(
      [
        [1, 3],
        [3, 2],
        [4, 2],
      ],
      (b, [x, w, c]) => [b.binary('Add', b.matMul(x!, w!), c!)],
    );
    expect(await operatorsAfter(fuseGemm, larger)).toBe('MatMul Add');
  });
});
