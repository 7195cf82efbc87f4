import type { Tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { INPUT_TILE, OUTPUT_TILE, WINOGRAD } from './winograd.js';

/** A matrix [rows, columns] by a vector. */
function times({ shape, data }: Tensor, vector: readonly number[]): number[] {
  const [rows = 0, columns = 0] = shape;
  return Array.from({ length: rows }, (_, row) =>
    vector.reduce((sum, x, column) => sum + Number(data[row * columns + column]) * x, 0),
  );
}

const tile = Array.from({ length: INPUT_TILE ** 2 }, (_, i) => Math.sin(1.3 * i));
const filter = Array.from({ length: 9 }, (_, i) => Math.cos(2.1 * i));
const dy = Array.from({ length: OUTPUT_TILE ** 2 }, (_, i) => Math.sin(0.7 * i + 1));

const at = (values: readonly number[], width: number, row: number, column: number): number =>
  values[row * width + column] as number;

describe('WINOGRAD', () => {
  test('convolves a tile of 6 × 6 with a filter of 3 × 3 by 36 products', () => {
    const images = times(WINOGRAD.input, tile);
    const filters = times(WINOGRAD.filter, filter);
    const outputs = times(
      WINOGRAD.output,
      images.map((x, place) => x * (filters[place] as number)),
    );
    // The definition: y[i, j] = Σ x[i + a, j + b] · w[a, b].
    outputs.forEach((output, place) => {
      const [i, j] = [Math.floor(place / OUTPUT_TILE), place % OUTPUT_TILE];
      const plain = filter.reduce(
        (sum, w, tap) => sum + w * at(tile, INPUT_TILE, i + Math.floor(tap / 3), j + (tap % 3)),
        0,
      );
      expect(output).toBeCloseTo(plain, 5);
    });
  });

  // Of Σ dy · y: with respect to w[a, b], Σ dy[i, j] · x[i + a, j + b]; to x[r, c], Σ dy[r − a, c − b] · w[a, b].
  test('gives the gradients of that convolution by its transposed matrices', () => {
    const images = times(WINOGRAD.input, tile);
    const filters = times(WINOGRAD.filter, filter);
    const gradients = times(WINOGRAD.outputGradient, dy);
    const product = (other: readonly number[]) => gradients.map((g, place) => g * (other[place] as number));
    times(WINOGRAD.filterGradient, product(images)).forEach((got, tap) => {
      const [a, b] = [Math.floor(tap / 3), tap % 3];
      const plain = dy.reduce(
        (sum, g, place) =>
          sum + g * at(tile, INPUT_TILE, Math.floor(place / OUTPUT_TILE) + a, (place % OUTPUT_TILE) + b),
        0,
      );
      expect(got).toBeCloseTo(plain, 5);
    });
    times(WINOGRAD.inputGradient, product(filters)).forEach((got, pixel) => {
      const [row, column] = [Math.floor(pixel / INPUT_TILE), pixel % INPUT_TILE];
      let plain = 0;
      for (let tap = 0; tap < 9; tap++) {
        const [i, j] = [row - Math.floor(tap / 3), column - (tap % 3)];
        const inside = [i, j].every((index) => index >= 0 && index < OUTPUT_TILE);
        if (inside) plain += at(dy, OUTPUT_TILE, i, j) * (filter[tap] as number);
      }
      expect(got).toBeCloseTo(plain, 5);
    });
  });
});
