import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../graph-builder.js';
import {
  isNarrowConvolution,
  narrowConvolution,
  narrowFilterGradient,
  windowOfNarrow,
} from './narrow-convolution.js';
import type { Window } from './window.js';

/** 'same' padding of a filter of 3 × 2 on images of 7 × 5 with three channels. */
const window: Window = {
  ...{ batchSize: 2, inHeight: 7, inWidth: 5, inChannels: 3, outHeight: 7, outWidth: 5, outChannels: 4 },
  ...{
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    filterHeight: 3,
    filterWidth: 2,
  },
  padInfo: { top: 1, left: 0, bottom: 1, right: 1, type: 'EXPLICIT' },
};
const float = (...shape: number[]) => ({ dtype: 'float32', shape }) as const;

describe('isNarrowConvolution', () => {
  it('takes windows of at most 32 numbers, without strides and dilations', () => {
    expect(isNarrowConvolution(window)).toBe(true);
    // 3 · 2 · 5 = 30 and 3 · 2 · 6 = 36.
    expect(isNarrowConvolution({ ...window, inChannels: 5 })).toBe(true);
    expect(isNarrowConvolution({ ...window, inChannels: 6 })).toBe(false);
    expect(isNarrowConvolution({ ...window, strideHeight: 2 })).toBe(false);
    expect(isNarrowConvolution({ ...window, dilationWidth: 2 })).toBe(false);
  });
});

describe('windowOfNarrow', () => {
  it('gives back the window of a convolution and of its filter gradient', () => {
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
