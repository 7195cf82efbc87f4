// ONNX models as data: made by a builder, rewritten by passes, and encoded. Nothing here runs one. What fits a model to
// a CPU is the entry `/machine`.
export { attribute, GraphBuilder, sameShape } from './builder/graph-builder.js';
export type { Pass, RewriteContext } from './builder/rewrite-graph.js';
export { broadcastShapes, reducedShape } from './builder/shapes.js';
export {
  isNarrowConvolution,
  narrowConvolution,
  narrowFilterGradient,
} from './convolution/narrow-convolution.js';
export {
  convolve,
  depthwiseFilter,
  FILTER_TO_ONNX,
  plainConvolution,
  plainFilterGradient,
  shiftedInputs,
  TO_CHANNELS_FIRST,
  TO_CHANNELS_LAST,
} from './convolution/plain-convolution.js';
export { interleave } from './convolution/tile-operators.js';
export {
  dilationAttribute,
  type Offset,
  type Window,
  windowAttributes,
  windowOffsets,
} from './convolution/window.js';
export {
  suitsWinograd,
  winogradConvolution,
  winogradFilterGradient,
  winogradInputGradient,
} from './convolution/winograd-convolution.js';
export { decodeModel } from './model/decode-model.js';
export { encodeModel } from './model/encode-model.js';
export type {
  OnnxAttribute,
  OnnxConstant,
  OnnxDType,
  OnnxGraph,
  OnnxNode,
  OnnxValue,
} from './model/onnx-model.js';
export { readInitializers } from './model/read-initializers.js';
export { withNames } from './model/with-names.js';
export { LONGEST_SUM } from './passes/clean/block-sums.js';
export { optimize } from './passes/optimize.js';
