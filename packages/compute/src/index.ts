// Local computations, as a user writes and runs them: tf.js code that is captured once, and engines that run it. What
// engines and plans are made of lies behind further entries: `/graph`, `/engine`, `/onnx`, `/memory`; `/eager` debugs
// bodies on real tensors, and `/contract` has the suite of engines.

export * as tfl from '#tfjs-layers';
export {
  type ArgumentOf,
  type LocalComputationOptions,
  localComputation,
  type ParameterRecord,
  type ParameterTypeOf,
  type ResultTypeOf,
} from './capture/local-computation.js';
export { random } from './capture/random.js';
export { CaptureError, type CaptureErrorCode } from './capture/recording/capture-error.js';
export type { TensorStructure, Tensors, TypeOfStructure } from './capture/recording/structure.js';
export { type ScanOptions, scan } from './capture/scan/scan.js';
export type { Captured } from './capture/sequences/parameters.js';
export { sequenceLength, sequenceReduce } from './capture/sequences/sequence-reduce.js';
export { SymbolicDataset } from './capture/sequences/symbolic-dataset.js';
export type { Engine } from './engine/engine.js';
export { localRunner } from './engines/local-runner.js';
export { createOnnxEngine } from './engines/onnx/onnx-engine.js';
export {
  TFJS_BACKENDS,
  TfjsBackendError,
  type TfjsBackendName,
  tfjsBackends,
} from './engines/tfjs/tfjs-backends.js';
export { createTfjsEngine, type TfjsEngineOptions } from './engines/tfjs/tfjs-engine.js';
export * as tf from './tensorflow/tf.js';
