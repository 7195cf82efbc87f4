// Captured computations as data: the kernel graph, its bytes and hash, what is fed to it, and the artifact that crosses
// a thread, a socket or a disk.

export { kernelGraphOf } from './capture/local-computation.js';
export type { GraphArtifact } from './engine/graph-artifact.js';
export { bindFeeds } from './graph/feeds/bind-feeds.js';
export type { Feed } from './graph/feeds/feeds.js';
export type {
  Attribute,
  GraphDType,
  GraphNode,
  KernelGraph,
  KernelNode,
  LengthNode,
  RandomNode,
  ReduceNode,
  ScanNode,
  SequenceView,
  ValueId,
  ValueSpec,
  ViewCount,
} from './graph/kernel-graph.js';
export { KernelGraphError, type KernelGraphErrorCode } from './graph/kernel-graph-error.js';
export { isKernel, KERNELS, type Kernel } from './graph/kernels.js';
export type { GraphLimits } from './graph/serialized/check-sizes.js';
export { deserializeGraph } from './graph/serialized/deserialize.js';
export { artifactId, graphId } from './graph/serialized/graph-id.js';
export { serializeGraph } from './graph/serialized/serialize.js';
export { compileGraph } from './lowering/compile-graph.js';
export { exportOnnx, type OnnxExport } from './lowering/export-onnx.js';
export { localOfArtifact } from './lowering/local-of-artifact.js';
