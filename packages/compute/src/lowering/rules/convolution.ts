// Lowering of two-dimensional convolutions and their gradients. tf.js keeps images as [N, H, W, C] and filters
// as [H, W, I, O]; ONNX as [N, C, H, W] and [O, I, H, W]. Each rule transposes at its borders; a later pass
// removes pairs of transposes that meet.
import type { Kernel } from '../../graph/kernels.js';
import { attribute, type GraphBuilder } from '../graph-builder.js';
import type { OnnxNode, OnnxValue } from '../onnx-model.js';
import type { KernelCall, Rule } from '../rule.js';
import {
  isNarrowConvolution,
  narrowConvolution,
  narrowFilterGradient,
  WIDEST_NARROW,
  windowOfNarrow,
} from './narrow-convolution.js';
import {
  convolutionWindow,
  dilationAttribute,
  type Window,
  windowAttributes,
  windowOffsets,
} from './window.js';
import {
  suitsWinograd,
  winogradConvolution,
  winogradFilterGradient,
  winogradInputGradient,
} from './winograd-convolution.js';

const TO_CHANNELS_FIRST = [0, 3, 1, 2];
const TO_CHANNELS_LAST = [0, 2, 3, 1];
/** [H, W, I, O] → [O, I, H, W]. */
const FILTER_TO_ONNX = [3, 2, 0, 1];

function convolution(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const filter = call.input('filter');
  const window = convolutionWindow(call, call.input('x').shape, filter.shape, false);
  if (suitsWinograd(window)) return winogradConvolution(builder, call.input('x'), filter, window);
  if (isNarrowConvolution(window)) return narrowConvolution(builder, call.input('x'), filter, window);
  return plainConvolution(builder, call.input('x'), filter, window);
}

function plainConvolution(builder: GraphBuilder, x: OnnxValue, filter: OnnxValue, window: Window): OnnxValue {
  const channelsFirst = builder.transpose(x, TO_CHANNELS_FIRST);
  return convolve(builder, channelsFirst, builder.transpose(filter, FILTER_TO_ONNX), window, 1);
}

/** Filters [H, W, I, M] → [I·M, 1, H, W]: each input channel is a group with M output channels. */
function depthwiseFilter(builder: GraphBuilder, filter: OnnxValue): OnnxValue {
  const [h, w, i, m] = filter.shape as readonly [number, number, number, number];
  return builder.reshape(builder.transpose(filter, [2, 3, 0, 1]), [i * m, 1, h, w]);
}

function depthwiseConvolution(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const filter = call.input('filter');
  const window = convolutionWindow(call, call.input('x').shape, filter.shape, true);
  const x = builder.transpose(call.input('x'), TO_CHANNELS_FIRST);
  return convolve(builder, x, depthwiseFilter(builder, filter), window, window.inChannels);
}

function convolve(
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

const inputGradient =
  (depthwise: boolean): Rule =>
  (builder, call) => {
    const filter = call.input('filter');
    const window = convolutionWindow(call, call.output.shape, filter.shape, depthwise);
    if (!depthwise && suitsWinograd(window)) {
      return winogradInputGradient(builder, call.input('dy'), filter, window);
    }
    const { top, left, bottom, right } = window.padInfo;
    // Rows and columns at the end that no window reached get no gradient, but must be there.
    const reachedRows =
      (window.outHeight - 1) * window.strideHeight + (window.filterHeight - 1) * window.dilationHeight + 1;
    const reachedColumns =
      (window.outWidth - 1) * window.strideWidth + (window.filterWidth - 1) * window.dilationWidth + 1;
    const dx = builder.emitOne(
      'ConvTranspose',
      [
        builder.transpose(call.input('dy'), TO_CHANNELS_FIRST),
        depthwise ? depthwiseFilter(builder, filter) : builder.transpose(filter, FILTER_TO_ONNX),
      ],
      {
        dtype: 'float32',
        shape: [window.batchSize, window.inChannels, window.inHeight, window.inWidth],
      },
      {
        ...windowAttributes(window),
        ...dilationAttribute(window),
        group: attribute.int(depthwise ? window.inChannels : 1),
        output_padding: attribute.ints([
          window.inHeight + top + bottom - reachedRows,
          window.inWidth + left + right - reachedColumns,
        ]),
      },
    );
    return builder.transpose(dx, TO_CHANNELS_LAST);
  };

/** For each position in the window: the inputs [N, outH, outW, C] that the windows see there. */
function shiftedInputs(builder: GraphBuilder, x: OnnxValue, window: Window): readonly OnnxValue[] {
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

function filterGradient(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const window = convolutionWindow(call, call.input('x').shape, call.output.shape, false);
  const [x, dy] = [call.input('x'), call.input('dy')];
  if (suitsWinograd(window)) return winogradFilterGradient(builder, x, dy, window);
  if (isNarrowConvolution(window)) return narrowFilterGradient(builder, x, dy, window);
  return plainFilterGradient(builder, x, dy, window);
}

/**
 * dW[h, w] = Σ over images and positions of dy ⊗ x (shifted by h, w): matrix products of [O, L] and [L, I], with L
 * images × positions. Narrow inputs share a product; wider than `WIDEST_NARROW`, one product a window position is faster than
 * first laying them side by side.
 */
function plainFilterGradient(builder: GraphBuilder, x: OnnxValue, dy: OnnxValue, window: Window): OnnxValue {
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

/** As `plainFilterGradient`, channel by channel: dW[h, w, i, m] = Σ x (shifted)[…, i] · dy[…, i, m]. */
function depthwiseFilterGradient(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const window = convolutionWindow(call, call.input('x').shape, call.output.shape, true);
  const multiplier = window.outChannels / window.inChannels;
  const places = [window.batchSize, window.outHeight, window.outWidth, window.inChannels];
  const dy = builder.reshape(call.input('dy'), [...places, multiplier]);
  const taps = shiftedInputs(builder, call.input('x'), window).map((shifted) => {
    const product = builder.binary('Mul', builder.reshape(shifted, [...places, 1]), dy);
    return builder.reduce('ReduceSum', product, [0, 1, 2], false);
  });
  return builder.reshape(builder.concat(taps, 0), call.output.shape);
}

export const convolutionRules = {
  Conv2D: convolution,
  Conv2DBackpropFilter: filterGradient,
  Conv2DBackpropInput: inputGradient(false),
  DepthwiseConv2dNative: depthwiseConvolution,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: inputGradient(true),
} as const satisfies Record<
  Extract<
    Kernel,
    | 'Conv2D'
    | 'Conv2DBackpropFilter'
    | 'Conv2DBackpropInput'
    | 'DepthwiseConv2dNative'
    | 'DepthwiseConv2dNativeBackpropFilter'
    | 'DepthwiseConv2dNativeBackpropInput'
  >,
  Rule
>;
