// The geometry of a sliding window, for convolutions and pooling: what padding, strides and dilations come to.
import { attribute } from '../builder/graph-builder.js';
import type { OnnxNode } from '../model/onnx-model.js';

/** Of images [batchSize, inHeight, inWidth, inChannels] to [batchSize, outHeight, outWidth, outChannels]. */
export interface Window {
  readonly batchSize: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly outChannels: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  /** Rows and columns of zeros around the images. */
  readonly padInfo: {
    readonly top: number;
    readonly left: number;
    readonly bottom: number;
    readonly right: number;
  };
}

/** Attributes of ONNX Conv, ConvTranspose and pooling operators. */
export function windowAttributes(window: Window): OnnxNode['attributes'] {
  const { top, left, bottom, right } = window.padInfo;
  return {
    kernel_shape: attribute.ints([window.filterHeight, window.filterWidth]),
    strides: attribute.ints([window.strideHeight, window.strideWidth]),
    pads: attribute.ints([top, left, bottom, right]),
  };
}

export function dilationAttribute(window: Window): OnnxNode['attributes'] {
  return { dilations: attribute.ints([window.dilationHeight, window.dilationWidth]) };
}

/** One position within the window, and where in the padded input it starts. */
export interface Offset {
  readonly row: number;
  readonly column: number;
}

/** The positions within a window in row-major order, dilation counted in. */
export function windowOffsets(window: Window): readonly Offset[] {
  return Array.from({ length: window.filterHeight * window.filterWidth }, (_, index) => ({
    row: Math.floor(index / window.filterWidth) * window.dilationHeight,
    column: (index % window.filterWidth) * window.dilationWidth,
  }));
}
