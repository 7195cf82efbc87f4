// The window of a plain convolution, without strides and dilations, for tests of operators and passes.
import type { Window } from '../convolution/window.js';

/** Of images [N, H, W, I] and a filter [h, w, I, O]. 'same' pads by h − 1 and w − 1 in all, the smaller half first. */
export function windowOf(
  [batchSize, inHeight, inWidth, inChannels]: readonly [number, number, number, number],
  [filterHeight, filterWidth, , outChannels]: readonly [number, number, number, number],
  padding: 'same' | 'valid',
): Window {
  const [rows, columns] = padding === 'same' ? [filterHeight - 1, filterWidth - 1] : [0, 0];
  const [top, left] = [Math.floor(rows / 2), Math.floor(columns / 2)];
  return {
    ...{ batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outChannels },
    ...{ outHeight: inHeight + rows - filterHeight + 1, outWidth: inWidth + columns - filterWidth + 1 },
    ...{ strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 },
    padInfo: { top, left, bottom: rows - top, right: columns - left },
  };
}
