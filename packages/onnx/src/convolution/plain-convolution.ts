// Two-dimensional convolutions and the gradients of their filters as ONNX operators. Images are [N, H, W, C] and
// filters [H, W, I, O] here; ONNX has [N, C, H, W] and [O, I, H, W]. Each operator transposes at its borders; a later
// pass removes pairs of transposes that meet.
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxNode, OnnxValue } from '../model/onnx-model.js';
import { WIDEST_NARROW, windowOfNarrow } from './narrow-convolution.js';
import { dilationAttribute, type Window, windowAttributes, windowOffsets } from './window.js';

export const TO_CHANNELS_FIRST = [0, 3, 1, 2];
export const TO_CHANNELS_LAST = [0, 2, 3, 1];
/** [H, W, I, O] → [O, I, H, W]. */
export const FILTER_TO_ONNX = [3, 2, 0, 1];

export function plainConvolution(
  builder: GraphBuilder,
  x: OnnxValue,
  filter: OnnxValue,
  window: Window,
): OnnxValue {
  const channelsFirst = builder.transpose(x, TO_CHANNELS_FIRST);
  return convolve(builder, channelsFirst, builder.transpose(filter, FILTER_TO_ONNX), window, 1);
}

/** Filters [H, W, I, M] → [I·M, 1, H, W]: each input channel is a group with M output channels. */
export function depthwiseFilter(builder: GraphBuilder, filter: OnnxValue): OnnxValue {
  const [h, w, i, m] = filter.shape as readonly [number, number, number, number];
  return builder.reshape(builder.transpose(filter, [2, 3, 0, 1]), [i * m, 1, h, w]);
}

/** `group` groups of channels, x and y [N, H, W, C] and filter as ONNX has it. */
export function convolve(
  builder: GraphBuilder,
  x: OnnxValue,
  filter: OnnxValue,
  window: Window,
  group: number,
): OnnxValue {
  const shape = [window.batchSize, window.outChannels, window.outHeight, window.outWidth];
  const y = builder.emitOne(
    'Conv',
    [x, filter],
    { dtype: x.dtype, shape },
    { ...windowAttributes(window), ...dilationAttribute(window), group: attribute.int(group) },
  );
  return builder.transpose(y, TO_CHANNELS_LAST);
}

/** For each position in the window: the inputs [N, outH, outW, C] that the windows see there. */
export function shiftedInputs(builder: GraphBuilder, x: OnnxValue, window: Window): readonly OnnxValue[] {
  const { top, left, bottom, right } = window.padInfo;
  const padded = builder.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  return windowOffsets(window).map(({ row, column }) =>
    builder.slice(
      padded,
      [1, 2],
      [row, column],
      [window.outHeight, window.outWidth],
      [window.strideHeight, window.strideWidth],
    ),
  );
}

/**
 * dW[h, w] = Σ over images and positions of dy ⊗ x (shifted by h, w): matrix products of [O, L] and [L, I], with L
 * images × positions. Narrow inputs share a product; wider than `WIDEST_NARROW`, one product a window position is
 * faster than first laying them side by side.
 */
export function plainFilterGradient(
  builder: GraphBuilder,
  x: OnnxValue,
  dy: OnnxValue,
  window: Window,
): OnnxValue {
  const { inChannels, outChannels } = window;
  const length = window.batchSize * window.outHeight * window.outWidth;
  const gradient = builder.reshape(builder.transpose(dy, [3, 0, 1, 2]), [outChannels, length]);
  const shifted = shiftedInputs(builder, x, window);
  const perProduct = Math.max(1, Math.floor(WIDEST_NARROW / inChannels));
  const products: OnnxValue[] = [];
  for (let start = 0; start < shifted.length; start += perProduct) {
    const side = builder.concat(shifted.slice(start, start + perProduct), 3);
    const inputs = builder.reshape(side, [length, side.shape[3] as number]);
    products.push(builder.matMul(gradient, inputs));
  }
  const shape = [window.filterHeight, window.filterWidth, inChannels, outChannels];
  return builder.reshape(builder.transpose(builder.concat(products, 1), [1, 0]), shape);
}

/** A narrow convolution, or its filter's gradient, in terms of ONNX; `null` for other nodes. */
export function expandNarrow(builder: GraphBuilder, node: OnnxNode): OnnxValue | null {
  const [x, other] = node.inputs as readonly [OnnxValue, OnnxValue];
  if (node.op === 'NarrowConvolution') return plainConvolution(builder, x, other, windowOfNarrow(node));
  if (node.op === 'NarrowFilterGradient') return plainFilterGradient(builder, x, other, windowOfNarrow(node));
  return null;
}
