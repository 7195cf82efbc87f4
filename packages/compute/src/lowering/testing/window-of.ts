// The window of a plain convolution, without strides and dilations, for tests of rules and passes.
import { backend_util } from '../../tensorflow/tf.js';
import type { Window } from '../rules/window.js';

/** Of images [N, H, W, I] and a filter [h, w, I, O]; `padInfo.type` is `EXPLICIT` for 'same', as a lowered node has it. */
export function windowOf(
  images: [number, number, number, number],
  filter: [number, number, number, number],
  padding: 'same' | 'valid',
): Window {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } =
    backend_util.computeConv2DInfo(images, filter, 1, 1, padding);
  const [filterHeight, filterWidth] = filter;
  return {
    ...{ batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels },
    ...{ strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1, filterHeight, filterWidth },
    padInfo: padding === 'same' ? { ...padInfo, type: 'EXPLICIT' } : padInfo,
  };
}
