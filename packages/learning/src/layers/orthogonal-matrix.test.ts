import { generator, seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { orthogonalMatrix } from './orthogonal-matrix.js';

/** The inner product of two rows (or, transposed, columns). */
function product(matrix: Float64Array, columns: number, left: number, right: number, byRow: boolean): number {
  const length = byRow ? columns : matrix.length / columns;
  const element = (vector: number, at: number): number =>
    matrix[byRow ? vector * columns + at : at * columns + vector] as number;
  return Array.from({ length }, (_, at) => element(left, at) * element(right, at)).reduce((a, b) => a + b, 0);
}

describe('orthogonalMatrix', () => {
  for (const [rows, columns] of [
    [3, 7],
    [7, 3],
    [5, 5],
  ] as const) {
    test(`gives orthonormal ${rows <= columns ? 'rows' : 'columns'} of ${rows} × ${columns}`, () => {
      const matrix = orthogonalMatrix(rows, columns, generator(seedFrom(1)));
      expect(matrix.length).toBe(rows * columns);
      for (let left = 0; left < Math.min(rows, columns); left++) {
        for (let right = 0; right < Math.min(rows, columns); right++) {
          const inner = product(matrix, columns, left, right, rows <= columns);
          expect(inner).toBeCloseTo(left === right ? 1 : 0, 12);
        }
      }
    });
  }

  test('has entries of both signs alike: mean 0', () => {
    // 100 orthonormal rows of 100: entries have variance 1/100, so the mean of 10,000 is 0 ± 0.001.
    const matrix = orthogonalMatrix(100, 100, generator(seedFrom(2)));
    const mean = matrix.reduce((sum, value) => sum + value, 0) / matrix.length;
    expect(Math.abs(mean)).toBeLessThan(0.005);
  });
});
