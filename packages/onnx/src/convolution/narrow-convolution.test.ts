import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../builder/graph-builder.js';
import { windowOf } from '../testing/window-of.js';
import {
  isNarrowConvolution,
  narrowConvolution,
  narrowFilterGradient,
  windowOfNarrow,
} from './narrow-convolution.js';

/** 'same' padding of a filter of 3 × 2 on images of 7 × 5 with three channels. */
const window = windowOf([2, 7, 5, 3], [3, 2, 3, 4], 'same');
const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;

describe('isNarrowConvolution', () => {
  test('takes windows of at most 32 numbers, without strides and dilations', () => {
    expect(isNarrowConvolution(window)).toBe(true);
    // 3 · 2 · 5 = 30 and 3 · 2 · 6 = 36.
    expect(isNarrowConvolution({ ...window, inChannels: 5 })).toBe(true);
    expect(isNarrowConvolution({ ...window, inChannels: 6 })).toBe(false);
    expect(isNarrowConvolution({ ...window, strideHeight: 2 })).toBe(false);
    expect(isNarrowConvolution({ ...window, dilationWidth: 2 })).toBe(false);
  });
});

describe('windowOfNarrow', () => {
  test('gives back the window of a convolution and of its filter gradient', () => {
    const builder = new GraphBuilder();
    const x = builder.value('argument', float(2, 7, 5, 3));
    const y = narrowConvolution(builder, x, builder.value('argument', float(3, 2, 3, 4)), window);
    expect(y.shape).toEqual([2, 7, 5, 4]);
    const gradient = narrowFilterGradient(builder, x, y, window);
    expect(gradient.shape).toEqual([3, 2, 3, 4]);
    for (const value of [y, gradient]) {
      const node = builder.producer(value);
      expect(node && windowOfNarrow(node)).toEqual(window);
    }
  });
});
