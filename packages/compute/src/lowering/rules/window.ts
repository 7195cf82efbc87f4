// The geometry of sliding windows: what padding, strides and dilations come to, for convolutions and pooling.
import { backend_util } from '../../tensorflow/tf.js';
import { attribute } from '../graph-builder.js';
import type { OnnxNode } from '../onnx-model.js';
import type { KernelCall } from '../rule.js';

export type Window = Pick<
  ReturnType<typeof backend_util.computeConv2DInfo>,
  | 'batchSize'
  | 'inHeight'
  | 'inWidth'
  | 'inChannels'
  | 'outHeight'
  | 'outWidth'
  | 'outChannels'
  | 'strideHeight'
  | 'strideWidth'
  | 'dilationHeight'
  | 'dilationWidth'
  | 'filterHeight'
  | 'filterWidth'
  | 'padInfo'
>;

type Shape4 = [number, number, number, number];
type Padding = Parameters<typeof backend_util.computeConv2DInfo>[4];
type Rounding = 'floor' | 'round' | 'ceil';

const pairOf = (call: KernelCall, name: string): [number, number] => {
  if (call.attribute(name) === undefined || call.attribute(name) === null) return [1, 1];
  const [first = 1, second = first] = call.numbers(name);
  return [first, second];
};

const rounding = (call: KernelCall) =>
  (call.attribute('dimRoundingMode') ?? undefined) as Rounding | undefined;

export function convolutionWindow(
  call: KernelCall,
  inputShape: readonly number[],
  filterShape: readonly number[],
  depthwise: boolean,
): Window {
  return backend_util.computeConv2DInfo(
    [...inputShape] as Shape4,
    [...filterShape] as Shape4,
    pairOf(call, 'strides'),
    pairOf(call, 'dilations'),
    call.attribute('pad') as Padding,
    rounding(call),
    depthwise,
  );
}

export function poolingWindow(call: KernelCall, inputShape: readonly number[]): Window {
  return backend_util.computePool2DInfo(
    [...inputShape] as Shape4,
    pairOf(call, 'filterSize'),
    pairOf(call, 'strides'),
    1,
    call.attribute('pad') as Padding,
    rounding(call),
  );
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
