// Local computations: captured from tf.js code, lowered to ONNX, run by an engine.

export * as tfl from '@tensorflow/tfjs-layers';
export { CaptureError, type CaptureErrorCode } from './capture/capture-error.js';
export * from './capture/local-computation.js';
export type { Captured } from './capture/parameters.js';
export { random } from './capture/random.js';
export { type ScanOptions, scan } from './capture/scan.js';
export { sequenceLength, sequenceReduce } from './capture/sequence-reduce.js';
export type { TensorStructure, Tensors, TypeOfStructure } from './capture/structure.js';
export { SymbolicDataset } from './capture/symbolic-dataset.js';
export * from './engines/engine.js';
export * from './engines/graph-artifact.js';
export * from './engines/local-runner.js';
export * from './engines/onnx-engine.js';
export { TENSORFLOW_ATTRIBUTES } from './engines/tensorflow-attributes.js';
export {
  TFJS_BACKENDS,
  TfjsBackendError,
  type TfjsBackendName,
  tfjsBackends,
} from './engines/tfjs-backends.js';
export * from './engines/tfjs-engine.js';
export * from './graph/bind-feeds.js';
export type { GraphLimits } from './graph/check-sizes.js';
export { deserializeGraph } from './graph/deserialize.js';
export * from './graph/feeds.js';
export { artifactId, graphId } from './graph/graph-id.js';
export * from './graph/kernel-graph.js';
export { KernelGraphError, type KernelGraphErrorCode } from './graph/kernel-graph-error.js';
export * from './graph/kernels.js';
export { serializeGraph } from './graph/serialize.js';
export * from './lowering/compile-graph.js';
export * from './lowering/local-of-artifact.js';
export * as tf from './tensorflow/tf.js';
