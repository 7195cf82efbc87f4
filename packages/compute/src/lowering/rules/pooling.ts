// Lowering of max and average pooling and their gradients. A gradient goes back window position by window
// position: the part of dy that belongs to a position is spread to the stride and added up.

import type { OnnxNode, OnnxValue } from '@starling/onnx';
import {
  attribute,
  type GraphBuilder,
  interleave,
  type Offset,
  type Window,
  windowAttributes,
  windowOffsets,
} from '@starling/onnx';
import type { Kernel } from '../../graph/kernels.js';
import type { KernelCall, LoweringRule } from './lowering-rule.js';
import { poolingWindow } from './window.js';

function averagePool(builder: GraphBuilder, call: KernelCall): OnnxValue {
  return poolChannelsFirst(builder, call, 'AveragePool', { count_include_pad: attribute.int(0) });
}

/** Windows side by side: the maximum of the strided parts, which the gradient needs too (and shares). */
function maxPool(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const window = poolingWindow(call, call.input('x').shape);
  if (!isTiling(window)) return poolChannelsFirst(builder, call, 'MaxPool', {});
  return windowParts(builder, call.input('x'), window).reduce((a, b) => builder.binary('Max', a, b));
}

function poolChannelsFirst(
  builder: GraphBuilder,
  call: KernelCall,
  op: 'MaxPool' | 'AveragePool',
  attributes: OnnxNode['attributes'],
): OnnxValue {
  const x = builder.transpose(call.input('x'), [0, 3, 1, 2]);
  const window = poolingWindow(call, call.input('x').shape);
  const shape = [window.batchSize, window.inChannels, window.outHeight, window.outWidth];
  const y = builder.emitOne(
    op,
    [x],
    { dtype: x.dtype, shape },
    { ...windowAttributes(window), ...attributes },
  );
  return builder.transpose(y, [0, 2, 3, 1]);
}

/** Whether the windows lie side by side: no padding, strides as long as the window. */
function isTiling(window: Window): boolean {
  const { top, left, bottom, right } = window.padInfo;
  return (
    top + left + bottom + right === 0 &&
    window.strideHeight === window.filterHeight &&
    window.strideWidth === window.filterWidth
  );
}

/** For each position in the window, what all windows see there: [N, outH, outW, C] each. */
function windowParts(builder: GraphBuilder, padded: OnnxValue, window: Window): readonly OnnxValue[] {
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

/** Height and width of the input with room for every window, also if the last ones were left out. */
function paddedSize(window: Window): readonly [number, number] {
  const height = window.outHeight * window.strideHeight + window.filterHeight;
  const width = window.outWidth * window.strideWidth + window.filterWidth;
  return [height, width];
}

/** Lays [N, outH, outW, C] at one position of every window of a zero field of the padded size. */
function spread(builder: GraphBuilder, part: OnnxValue, window: Window, { row, column }: Offset): OnnxValue {
  const [n, h, w, c] = part.shape as readonly [number, number, number, number];
  const { strideHeight: sh, strideWidth: sw } = window;
  const [height, width] = paddedSize(window);
  const none = [0, 0] as const;
  const cells = builder.reshape(part, [n, h, 1, w, 1, c]);
  const stretched = builder.pad(cells, [none, none, [0, sh - 1], none, [0, sw - 1], none]);
  const field = builder.reshape(stretched, [n, h * sh, w * sw, c]);
  return builder.pad(field, [none, [row, height - h * sh - row], [column, width - w * sw - column], none]);
}

/** The sum of what every position sends back, cut to the input's shape. */
function collect(
  builder: GraphBuilder,
  window: Window,
  partOf: (offset: Offset, index: number) => OnnxValue,
): OnnxValue {
  const total = windowOffsets(window)
    .map((offset, index) => spread(builder, partOf(offset, index), window, offset))
    .reduce((sum, field) => builder.binary('Add', sum, field));
  const { top, left } = window.padInfo;
  const [height, width] = paddedSize(window);
  const short = [
    Math.max(0, top + window.inHeight - height),
    Math.max(0, left + window.inWidth - width),
  ] as const;
  const none = [0, 0] as const;
  const wide = builder.pad(total, [none, [0, short[0]], [0, short[1]], none]);
  return builder.slice(wide, [1, 2], [top, left], [window.inHeight, window.inWidth]);
}

/** Parts of windows that lie side by side, laid back into one field, with zeros where no window reaches. */
function layTiles(builder: GraphBuilder, parts: readonly OnnxValue[], window: Window): OnnxValue {
  const { outHeight: h, outWidth: w, filterHeight: fh, filterWidth: fw } = window;
  const field = interleave(builder, parts, fh);
  const none = [0, 0] as const;
  return builder.pad(field, [none, [0, window.inHeight - h * fh], [0, window.inWidth - w * fw], none]);
}

/** dy goes to the first position of each window that holds its maximum. */
function maxPoolGradient(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const input = call.input('input');
  const output = call.input('output');
  const window = poolingWindow(call, input.shape);
  const tiling = isTiling(window);
  const padded = tiling ? input : paddedInput(builder, input, window);
  const seen = windowParts(builder, padded, window);
  // What a position takes is not there for those after it; the last takes what is left.
  let left = call.input('dy');
  const parts = seen.map((part, index) => {
    if (index === seen.length - 1) return left;
    const isMaximum = builder.cast(builder.compare('Equal', part, output), 'float32');
    const taken = builder.binary('Mul', left, isMaximum);
    left = builder.binary('Sub', left, taken);
    return taken;
  });
  return tiling
    ? layTiles(builder, parts, window)
    : collect(builder, window, (_, index) => parts[index] as OnnxValue);
}

/** The input with −∞ around it, so that no window takes its maximum there. */
function paddedInput(builder: GraphBuilder, input: OnnxValue, window: Window): OnnxValue {
  const { top, left } = window.padInfo;
  const [height, width] = paddedSize(window);
  const none = [0, 0] as const;
  const paddings = [
    none,
    [top, Math.max(0, height - top - window.inHeight)],
    [left, Math.max(0, width - left - window.inWidth)],
    none,
  ] as const;
  return builder.pad(input, paddings, Number.NEGATIVE_INFINITY);
}

/** Every position of a window gets an equal part of dy, padding counted in: so tf.js defines this kernel. */
function averagePoolGradient(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const window = poolingWindow(call, call.input('input').shape);
  const dy = call.input('dy');
  const share = builder.scalarLike(dy, 1 / (window.filterHeight * window.filterWidth));
  const part = builder.binary('Mul', dy, share);
  return isTiling(window)
    ? layTiles(builder, Array<OnnxValue>(window.filterHeight * window.filterWidth).fill(part), window)
    : collect(builder, window, () => part);
}

export const poolingRules = {
  AvgPool: averagePool,
  AvgPoolGrad: averagePoolGradient,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
} as const satisfies Record<
  Extract<Kernel, 'AvgPool' | 'AvgPoolGrad' | 'MaxPool' | 'MaxPoolGrad'>,
  LoweringRule
>;
