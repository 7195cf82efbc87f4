// Lowering of two-dimensional convolutions and their gradients: each by the cheapest of the ways that suit its window.
import {
  attribute,
  convolve,
  depthwiseFilter,
  dilationAttribute,
  FILTER_TO_ONNX,
  type GraphBuilder,
  isNarrowConvolution,
  narrowConvolution,
  narrowFilterGradient,
  type OnnxValue,
  plainConvolution,
  plainFilterGradient,
  shiftedInputs,
  suitsWinograd,
  TO_CHANNELS_FIRST,
  TO_CHANNELS_LAST,
  windowAttributes,
  winogradConvolution,
  winogradFilterGradient,
  winogradInputGradient,
} from '@starling/onnx';
import type { Kernel } from '../../graph/kernels.js';
import type { KernelCall, LoweringRule } from './lowering-rule.js';
import { convolutionWindow } from './window.js';

function convolution(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const filter = call.input('filter');
  const window = convolutionWindow(call, call.input('x').shape, filter.shape, false);
  if (suitsWinograd(window)) return winogradConvolution(builder, call.input('x'), filter, window);
  if (isNarrowConvolution(window)) return narrowConvolution(builder, call.input('x'), filter, window);
  return plainConvolution(builder, call.input('x'), filter, window);
}

function depthwiseConvolution(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const filter = call.input('filter');
  const window = convolutionWindow(call, call.input('x').shape, filter.shape, true);
  const x = builder.transpose(call.input('x'), TO_CHANNELS_FIRST);
  return convolve(builder, x, depthwiseFilter(builder, filter), window, window.inChannels);
}

const inputGradient =
  (depthwise: boolean): LoweringRule =>
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

function filterGradient(builder: GraphBuilder, call: KernelCall): OnnxValue {
  const window = convolutionWindow(call, call.input('x').shape, call.output.shape, false);
  const [x, dy] = [call.input('x'), call.input('dy')];
  if (suitsWinograd(window)) return winogradFilterGradient(builder, x, dy, window);
  if (isNarrowConvolution(window)) return narrowFilterGradient(builder, x, dy, window);
  return plainFilterGradient(builder, x, dy, window);
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
  LoweringRule
>;
