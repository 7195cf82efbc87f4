import type { Tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { applyPass } from '../builder/rewrite-graph.js';
import { expandTiles } from '../passes/tile/expand-tiles.js';
import { graphOf, outputsOf } from '../testing/pass-check.js';
import { addTiles, fromTiles, interleave, overlappingTiles, toTiles } from './tile-operators.js';

const numbers = ({ data }: Tensor): readonly number[] => Array.from(data as Float32Array);
const count = (shape: readonly number[]): Float32Array =>
  Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) => i + 1);

const run = async (...given: Parameters<typeof graphOf>): Promise<readonly Tensor[]> => {
  const graph = applyPass(graphOf(...given), expandTiles);
  return outputsOf(graph, given[0].map(count));
};

describe('toTiles', () => {
  // 3 × 3 pixels 1 … 9 in tiles of 2 × 2: the upper left pixels of the four tiles are 1 3 7 9, those right of them 2 _
  // 8 _.
  test('lays tiles side by side, element by element, with zeros beyond the image', async () => {
    const [tiles] = await run([[1, 3, 3, 1]], (b, [x]) => [toTiles(b, x!, 2)]);
    expect(tiles?.shape).toEqual([2, 2, 4, 1]);
    expect(numbers(tiles!)).toEqual([1, 3, 7, 9, 2, 0, 8, 0, 4, 6, 0, 0, 5, 0, 0, 0]);
  });
});

describe('fromTiles', () => {
  test('undoes toTiles', async () => {
    const shape = [2, 5, 6, 3];
    const [image] = await run([shape], (b, [x]) => [fromTiles(b, toTiles(b, x!, 4), shape)]);
    expect(numbers(image!)).toEqual(Array.from(count(shape)));
  });
});

describe('overlappingTiles', () => {
  // Images of 1 × 7 pixels 1 … 7, one row above and one column to the left: the tiles start at columns −1 and 3.
  test('reads what a 3 × 3 convolution reads for tiles of 4 × 4, zeros outside', async () => {
    const grid = { top: 1, left: 1, rows: 1, columns: 2 };
    const [tiles] = await run([[1, 1, 7, 1]], (b, [x]) => [overlappingTiles(b, x!, grid)]);
    expect(tiles?.shape).toEqual([6, 6, 2, 1]);
    const inRow = [0, 4, 1, 5, 2, 6, 3, 7, 4, 0, 5, 0];
    expect(numbers(tiles!)).toEqual([...Array(12).fill(0), ...inRow, ...Array(48).fill(0)]);
  });
});

describe('addTiles', () => {
  // The transpose: ⟨overlappingTiles(x), t⟩ = ⟨x, addTiles(t)⟩ for any x and t.
  test.each([
    { shape: [2, 10, 6, 3], grid: { top: 0, left: 0, rows: 2, columns: 1 } },
    { shape: [1, 7, 9, 2], grid: { top: 1, left: 1, rows: 2, columns: 3 } },
    { shape: [1, 6, 7, 1], grid: { top: 0, left: 0, rows: 1, columns: 1 } },
  ])('is the transpose of overlappingTiles for images $shape', async ({ shape, grid }) => {
    const tilesShape = [6, 6, (shape[0] as number) * grid.rows * grid.columns, shape[3] as number];
    const [tiles, image] = await run([shape, tilesShape], (b, [x, t]) => [
      overlappingTiles(b, x!, grid),
      addTiles(b, t!, shape, grid),
    ]);
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.from(a, (value, i) => value * (b[i] as number)).reduce((sum, value) => sum + value, 0);
    // Integers below 2^24 throughout: exact in float32.
    expect(dot(numbers(tiles!), count(tilesShape))).toBe(dot(count(shape), numbers(image!)));
  });
});

describe('interleave', () => {
  test('sets the elements of windows side by side, also of windows that are not square', async () => {
    const [wide] = await run(
      [
        [1, 1, 2, 1],
        [1, 1, 2, 1],
      ],
      (b, [x, y]) => [interleave(b, [x!, y!], 1)],
    );
    expect(wide?.shape).toEqual([1, 1, 4, 1]);
    expect(numbers(wide!)).toEqual([1, 1, 2, 2]);
    const [tall] = await run(
      [
        [1, 1, 2, 1],
        [1, 1, 2, 1],
      ],
      (b, [x, y]) => [interleave(b, [x!, y!], 2)],
    );
    expect(tall?.shape).toEqual([1, 2, 2, 1]);
    expect(numbers(tall!)).toEqual([1, 2, 1, 2]);
  });
});
