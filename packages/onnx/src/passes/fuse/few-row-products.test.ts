import { describe, expect, test } from 'vitest';
import { operatorsAfter } from '../../testing/pass-check.js';
import { scanOf } from '../../testing/scan.js';
import { fewRowProducts } from './few-row-products.js';

describe('fewRowProducts', () => {
  test('transposes a large matrix from outside when few rows meet it', async () => {
    const graph = scanOf(
      [
        [3, 8192],
        [8192, 3],
      ],
      ({ builder: b, state, outer: [w, v] }) => [b.unary('Tanh', b.matMul(b.matMul(state, w!), v!))],
    );
    expect(await operatorsAfter(fewRowProducts, graph)).toBe('Scan[Transpose Gemm Transpose Gemm Tanh]');
  });

  test('leaves small matrices, and those that the step makes', async () => {
    const graph = scanOf(
      [
        [3, 3],
        [3, 8192],
      ],
      ({ builder: b, state, outer: [small, large] }) => {
        const made = b.unary('Neg', large!);
        const wide = b.matMul(b.matMul(state, small!), made);
        return [b.matMul(wide, b.transpose(made, [1, 0]))];
      },
    );
    expect(await operatorsAfter(fewRowProducts, graph)).toBe('Scan[Neg MatMul MatMul Transpose MatMul]');
  });
});
