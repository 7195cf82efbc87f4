// Local computations: captured from tf.js code, lowered to ONNX, run by an engine.

export * as tfl from '@tensorflow/tfjs-layers';
export { CaptureError, type CaptureErrorCode } from './capture/frame/capture-error.js';
export type { TensorStructure, Tensors, TypeOfStructure } from './capture/frame/structure.js';
export * from './capture/local-computation.js';
export { random } from './capture/random.js';
export { type ScanOptions, scan } from './capture/scan/scan.js';
export type { Captured } from './capture/sequences/parameters.js';
export { sequenceLength, sequenceReduce } from './capture/sequences/sequence-reduce.js';
export { SymbolicDataset } from './capture/sequences/symbolic-dataset.js';
export * from './engine/engine.js';
export * from './engine/graph-artifact.js';
export * from './engines/local-runner.js';
export * from './engines/onnx/onnx-engine.js';
export { TENSORFLOW_ATTRIBUTES } from './engines/tfjs/tensorflow-attributes.js';
export {
  TFJS_BACKENDS,
  TfjsBackendError,
  type TfjsBackendName,
  tfjsBackends,
} from './engines/tfjs/tfjs-backends.js';
export * from './engines/tfjs/tfjs-engine.js';
export * from './graph/feeds/bind-feeds.js';
export * from './graph/feeds/feeds.js';
export * from './graph/kernel-graph.js';
export { KernelGraphError, type KernelGraphErrorCode } from './graph/kernel-graph-error.js';
export * from './graph/kernels.js';
export type { GraphLimits } from './graph/serialized/check-sizes.js';
export { deserializeGraph } from './graph/serialized/deserialize.js';
export { artifactId, graphId } from './graph/serialized/graph-id.js';
export { serializeGraph } from './graph/serialized/serialize.js';
export * from './lowering/compile-graph.js';
export * from './lowering/local-of-artifact.js';
export * as tf from './tensorflow/tf.js';
