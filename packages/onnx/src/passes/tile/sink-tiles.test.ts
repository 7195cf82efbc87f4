import { describe, expect, test } from 'vitest';
import { fromTiles, interleave, toTiles } from '../../convolution/tile-operators.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { sinkTiles } from './sink-tiles.js';

const tiles = [4, 4, 8, 3];
/** Eight tiles: two images of two by two. */
const image = [2, 8, 8, 3];

describe('sinkTiles', () => {
  test('puts images together after elementwise operators, with biases, other tiles and whole images', async () => {
    const graph = graphOf([tiles, tiles, [3], image], (b, [x, y, bias, whole]) => {
      const biased = b.binary('Add', fromTiles(b, x!, image), bias!);
      const product = b.binary('Mul', b.unary('Relu', biased), fromTiles(b, y!, image));
      return [b.binary('Sub', product, whole!)];
    });
    expect(await operatorsAfter(sinkTiles, graph)).toBe('Add Relu Mul ToTiles Sub FromTiles');
  });

  test('leaves operands that broadcast over rows or columns', async () => {
    const graph = graphOf([tiles, [8, 1]], (b, [x, column]) => [
      b.binary('Mul', fromTiles(b, x!, image), column!),
    ]);
    expect(await operatorsAfter(sinkTiles, graph)).toBe('FromTiles Mul');
  });

  test('takes every second row and column within tiles, and lays parts together there', async () => {
    const graph = graphOf([tiles], (b, [x]) => {
      const parts = [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ].map((begin) => b.slice(fromTiles(b, x!, image), [1, 2], begin, [4, 4], [2, 2]));
      return [interleave(b, parts, 2)];
    });
    const slices = Array(4).fill('Reshape Slice Reshape').join(' ');
    const cells = Array(4).fill('Reshape').join(' ');
    expect(await operatorsAfter(sinkTiles, graph)).toBe(
      `${slices} ${cells} Concat Concat Concat Reshape FromTiles`,
    );
  });

  test('sums over all pixels in tiles only where no tile reaches beyond the image', async () => {
    const sumOf = (shape: readonly number[]) =>
      graphOf([tiles], (b, [x]) => [b.reduce('ReduceSum', fromTiles(b, x!, shape), [0, 1, 2], false)]);
    expect(await operatorsAfter(sinkTiles, sumOf(image))).toBe('ReduceSum');
    expect(await operatorsAfter(sinkTiles, sumOf([2, 7, 8, 3]))).toBe('FromTiles ReduceSum');
  });

  test('does not cut images that it would only just have put together, unless what lies beyond must be cleared', async () => {
    const again = (shape: readonly number[]) =>
      graphOf([tiles], (b, [x]) => [b.unary('Neg', toTiles(b, fromTiles(b, x!, shape), 4))]);
    expect(await operatorsAfter(sinkTiles, again(image))).toBe('Neg');
    expect(await operatorsAfter(sinkTiles, again([2, 7, 8, 3]))).toBe('FromTiles ToTiles Neg');
  });
});
