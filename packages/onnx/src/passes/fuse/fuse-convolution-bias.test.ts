import { describe, expect, test } from 'vitest';
import { graphOf, operatorsAfter } from '../../testing/pass-check.js';
import { fuseConvolutionBias } from './fuse-convolution-bias.js';

const shapes = (bias: readonly number[]) => [[2, 3, 5, 5], [4, 3, 3, 3], bias];
const output = { dtype: 'float32', shape: [2, 4, 3, 3] } as const;

describe('fuseConvolutionBias', () => {
  test('takes a number for each channel into the convolution', async () => {
    const graph = graphOf(shapes([1, 4, 1, 1]), (b, [x, w, bias]) => [
      b.binary('Add', b.emitOne('Conv', [x!, w!], output), bias!),
    ]);
    expect(await operatorsAfter(fuseConvolutionBias, graph)).toBe('Reshape Conv');
  });

  test('leaves a number for each column', async () => {
    const graph = graphOf(shapes([3]), (b, [x, w, bias]) => [
      b.binary('Add', b.emitOne('Conv', [x!, w!], output), bias!),
    ]);
    expect(await operatorsAfter(fuseConvolutionBias, graph)).toBe('Conv Add');
  });
});
