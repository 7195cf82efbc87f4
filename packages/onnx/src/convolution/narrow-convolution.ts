// Convolutions that see few numbers in a window, such as the first of a network, as operators that passes can still
// take apart (passes/tile/lift-tiles.ts). `expandNarrow` lowers what is left of them the ordinary way.
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxNode, OnnxValue } from '../model/onnx-model.js';
import { TILE_DOMAIN } from './tile-operators.js';
import type { Window } from './window.js';

/** Products of matrices as narrow as this share one, and a window is no longer than one of them. */
export const WIDEST_NARROW = 32;

export function isNarrowConvolution(window: Window): boolean {
  return (
    window.filterHeight * window.filterWidth * window.inChannels <= WIDEST_NARROW &&
    [window.strideHeight, window.strideWidth].every((stride) => stride === 1) &&
    [window.dilationHeight, window.dilationWidth].every((dilation) => dilation === 1)
  );
}

/** x [N, H, W, I] and filter [h, w, I, O] → [N, outH, outW, O]. */
export function narrowConvolution(
  builder: GraphBuilder,
  x: OnnxValue,
  filter: OnnxValue,
  window: Window,
): OnnxValue {
  const shape = [window.batchSize, window.outHeight, window.outWidth, window.outChannels];
  return builder.emitOne(
    'NarrowConvolution',
    [x, filter],
    { dtype: x.dtype, shape },
    pads(window),
    TILE_DOMAIN,
  );
}

/** x and dy → the filter's gradient [h, w, I, O]. */
export function narrowFilterGradient(
  builder: GraphBuilder,
  x: OnnxValue,
  dy: OnnxValue,
  window: Window,
): OnnxValue {
  const shape = [window.filterHeight, window.filterWidth, window.inChannels, window.outChannels];
  return builder.emitOne(
    'NarrowFilterGradient',
    [x, dy],
    { dtype: x.dtype, shape },
    pads(window),
    TILE_DOMAIN,
  );
}

const pads = ({ padInfo: { top, left, bottom, right } }: Window): OnnxNode['attributes'] => ({
  pads: attribute.ints([top, left, bottom, right]),
});

/** What the windows see at each place, [N, outH, outW, h · w · I], of either operator. */
export function narrowPatches(
  builder: GraphBuilder,
  node: OnnxNode,
  x: OnnxValue,
  filterShape: readonly number[],
): OnnxValue {
  const [top, left, bottom, right] = padsOf(node);
  const [h, w] = filterShape as readonly [number, number];
  const padded = builder.pad(x, [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]);
  const [, height, width] = padded.shape as readonly [number, number, number];
  const parts = Array.from({ length: h * w }, (_, index) =>
    builder.slice(padded, [1, 2], [Math.floor(index / w), index % w], [height - h + 1, width - w + 1]),
  );
  return builder.concat(parts, 3);
}

function padsOf(node: OnnxNode): readonly [number, number, number, number] {
  const value = node.attributes['pads'];
  return (value?.kind === 'ints' ? value.value : [0, 0, 0, 0]) as [number, number, number, number];
}

/** The window that an operator of this file was made with. */
export function windowOfNarrow(node: OnnxNode): Window {
  const [top, left, bottom, right] = padsOf(node);
  const output = node.outputs[0] as OnnxValue;
  const [x, other] = node.inputs as readonly [OnnxValue, OnnxValue];
  const isForward = node.op === 'NarrowConvolution';
  const [image, filter] = isForward ? [output, other] : [other, output];
  const [batchSize, outHeight, outWidth, outChannels] = image.shape as [number, number, number, number];
  const [, inHeight, inWidth, inChannels] = x.shape as [number, number, number, number];
  const [filterHeight, filterWidth] = filter.shape as [number, number];
  return {
    ...{
      batchSize,
      outHeight,
      outWidth,
      outChannels,
      inHeight,
      inWidth,
      inChannels,
      filterHeight,
      filterWidth,
    },
    ...{ strideHeight: 1, strideWidth: 1, dilationHeight: 1, dilationWidth: 1 },
    padInfo: { top, left, bottom, right },
  };
}
