// The engine contract: what executes local computations. An engine loads a graph artifact once and runs it
// many times, on one thread. `contract.ts` is the suite that every engine passes.
import type { Seed, Tensor } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import type { BatchRefusal, LoadedBatch } from './batched-graph.js';
import type { GraphArtifact } from './graph-artifact.js';

export interface LoadedGraph {
  /**
   * Runs the graph on the leaves of its argument and gives the leaves of its result, in fresh memory.
   * Inputs may lie in shared memory and are not written. Throws if an input's dtype or shape is not the
   * signature's.
   */
  run(argument: readonly Tensor[], seed: Seed): MaybePromise<readonly Tensor[]>;
  dispose(): MaybePromise<void>;
}

export interface Engine {
  /**
   * Tells it, and what it runs on, from other engines: a run is resumed on engines of the same name. Such as
   * `tfjs-cpu`.
   */
  readonly name: string;
  /** What it reads of a graph artifact: its ONNX model, or its kernels. To ship a plan to it, send this part. */
  readonly needs: 'onnx' | 'kernels';
  /** What runs underneath, for logs: `onnxruntime-node 1.30.0 (cpu, 1 thread)`. */
  readonly description: string;
  load(artifact: GraphArtifact): Promise<LoadedGraph>;
  /**
   * The same graph for many clients in one call, or why not: `isOwn` says of which leaves each client has its own. What
   * it gives a client must have the bits that `load` gives. Left out by engines that cannot promise that.
   */
  loadBatch?(artifact: GraphArtifact, isOwn: readonly boolean[]): Promise<LoadedBatch | BatchRefusal>;
  dispose(): Promise<void>;
}
