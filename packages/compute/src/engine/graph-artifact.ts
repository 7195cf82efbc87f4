// A graph artifact: a local computation compiled to bytes, as it crosses a thread, a socket or a disk.
// It holds the same function twice: as an ONNX model, and as the kernel graph that the tfjs engine replays.
import type { Type } from '@starling/federated-core';
import type { Feed } from '../graph/feeds/feeds.js';

export interface GraphArtifact {
  /** SHA-256 (hex) over signature and kernel graph (`artifactId`): the `id` of the local computation. */
  readonly id: string;
  readonly name: string;
  readonly parameter: Type | null;
  readonly result: Type;
  /** The kernel graph, serialised (`serializeGraph`). */
  readonly kernels: Uint8Array;
  /** The ONNX model; `null` if a kernel has no lowering, and then `onnxReason` names it. */
  readonly onnx: Uint8Array | null;
  readonly onnxReason?: string;
  /** Inputs of the ONNX model, in its order. */
  readonly feeds: readonly Feed[];
}
