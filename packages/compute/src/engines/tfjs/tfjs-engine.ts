// The `tfjs` engine: replays the kernel graph of an artifact on a tf.js backend. Slower than `onnx`, but it runs every
// kernel that capture knows, and is the second opinion that the onnx engine is checked against.

import { checkOptions, oneOf } from '@starling/federated-core/plan';
import { checkArgument, type LeafSpec } from '../../engine/check-argument.js';
import type { Engine, LoadedGraph } from '../../engine/engine.js';
import type { GraphArtifact } from '../../engine/graph-artifact.js';
import type { KernelGraph } from '../../graph/kernel-graph.js';
import { deserializeGraph } from '../../graph/serialized/deserialize.js';
import { onBackend, scoped } from '../../tensorflow/scopes.js';
import * as tf from '../../tensorflow/tf.js';
import { loadTfjsBackend, TFJS_BACKENDS, type TfjsBackendName } from './tfjs-backends.js';
import { runKernel } from './tfjs-kernels.js';
import { type Replay, replayGraph } from './tfjs-replay.js';
import { fromTf } from './tfjs-tensors.js';

export interface TfjsEngineOptions {
  /** Default `cpu`. Kernels that a backend lacks run on `cpu`. */
  readonly backend?: TfjsBackendName;
}

/** An engine on a tf.js backend; throws a `TfjsBackendError` if the backend is not to be had. */
export async function createTfjsEngine(options: TfjsEngineOptions = {}): Promise<Engine> {
  checkOptions('Cannot make a tfjs engine', options, { backend: oneOf(...TFJS_BACKENDS) });
  const backend = options.backend ?? 'cpu';
  await loadTfjsBackend(backend);
  return {
    name: NAMES[backend],
    needs: 'kernels',
    description: `tfjs ${tf.version_core} (${backend})`,
    load: async (artifact) => loadedGraph(artifact, backend),
    dispose: async () => {},
  };
}

/** As a command line gives them. */
const NAMES = { cpu: 'tfjs-cpu', wasm: 'tfjs-wasm', tensorflow: 'tfjs-node' } as const satisfies Record<
  TfjsBackendName,
  string
>;

function loadedGraph(artifact: GraphArtifact, backend: TfjsBackendName): LoadedGraph {
  const graph = deserializeGraph(artifact.kernels);
  const specs = leafSpecs(graph);
  return {
    run(argument, seed) {
      checkArgument(artifact.name, specs, argument);
      const replay: Replay = {
        argument,
        seed,
        runKernel: (node, inputs) => runKernel(backend, node, inputs),
      };
      return onBackend(backend, () => scoped(() => replayGraph(graph, replay).map(fromTf)));
    },
    dispose() {},
  };
}

function leafSpecs(graph: KernelGraph): readonly LeafSpec[] {
  return graph.inputs.map((id) => {
    const spec = graph.values[id];
    if (spec === undefined) throw new RangeError(`Cannot load a graph: input ${id} has no spec`);
    return spec;
  });
}
