import { describe, expect, test } from 'vitest';
import type { GraphBuilder } from '../../builder/graph-builder.js';
import { narrowConvolution, narrowFilterGradient } from '../../convolution/narrow-convolution.js';
import { addTiles, overlappingTiles } from '../../convolution/tile-operators.js';
import type { OnnxValue } from '../../model/onnx-model.js';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { windowOf } from '../../testing/window-of.js';
import { liftTiles } from './lift-tiles.js';

/** Two images of 12 × 8 with one channel, a filter of 3 × 3 to 5 channels: 10 × 6, which two tiles of 6 × 6 cover. */
const window = windowOf([2, 12, 8, 1], [3, 3, 1, 5], 'valid');
const images = [2, 12, 8, 1];
const filters = [3, 3, 1, 5];
const field = [2, 10, 6, 5];
const grid = { top: 0, left: 0, rows: 2, columns: 1 };
const PATCHES = `${Array(9).fill('Slice').join(' ')} Concat OverlappingTiles Reshape`;

const activated = (b: GraphBuilder, x: OnnxValue, filter: OnnxValue, bias: OnnxValue): OnnxValue =>
  b.unary('Relu', b.binary('Add', narrowConvolution(b, x, filter, window), bias));

describe('liftTiles', () => {
  test('computes a narrow convolution, its bias and relu in overlapping tiles', async () => {
    const graph = graphOf([images, filters, [5]], (b, [x, filter, bias]) => [
      b.unary('Neg', overlappingTiles(b, activated(b, x!, filter!, bias!), grid)),
    ]);
    expect(await operatorsAfter(liftTiles, graph)).toBe(`${PATCHES} Reshape MatMul Add Relu Reshape Neg`);
  });

  test('leaves images that tiles do not cover exactly, and those that come from elsewhere', async () => {
    const beyond = graphOf([images, filters, [5]], (b, [x, filter, bias]) => [
      b.unary('Neg', overlappingTiles(b, activated(b, x!, filter!, bias!), { ...grid, rows: 3 })),
    ]);
    expect(await operatorsAfter(liftTiles, beyond)).toBe('NarrowConvolution Add Relu OverlappingTiles Neg');
    const given = graphOf([field], (b, [x]) => [
      b.unary('Neg', overlappingTiles(b, b.unary('Relu', x!), grid)),
    ]);
    expect(await operatorsAfter(liftTiles, given)).toBe('Relu OverlappingTiles Neg');
  });

  test('masks and sums a gradient, and takes that of the filter, without adding tiles up', async () => {
    const graph = graphOf([images, filters, [5], [6, 6, 4, 5]], (b, [x, filter, bias, dy]) => {
      const mask = activated(b, x!, filter!, bias!);
      const gradient = b.binary('Mul', addTiles(b, dy!, field, grid), mask);
      return [
        narrowFilterGradient(b, x!, gradient, window),
        b.reduce('ReduceSum', gradient, [0, 1, 2], false),
      ];
    });
    const operators = await operatorsAfter(liftTiles, graph);
    expect(operators).toBe(
      `${PATCHES} Reshape MatMul Add Relu Reshape Mul ${PATCHES} Reshape Transpose MatMul Reshape ReduceSum`,
    );
  });
});
