// Compiles a captured local computation to a graph artifact: the kernel graph as bytes, and beside it the ONNX
// model with the list of its inputs. Where a kernel has no lowering the artifact says why, and the computation
// runs on the tfjs engine alone.
import type { LocalComputation } from '@starling/federated-core';
import { encodeModel, optimize } from '@starling/onnx';
import type { GraphArtifact } from '../engine/graph-artifact.js';
import type { KernelGraph } from '../graph/kernel-graph.js';
import { serializeGraph } from '../graph/serialized/serialize.js';
import { lowerGraph } from './lower-graph.js';
import { LoweringError } from './rules/lowering-rule.js';

/** The same computation gives the same bytes. */
export function compileGraph(local: LocalComputation): GraphArtifact {
  const graph = local.body as KernelGraph;
  const described = {
    id: local.id,
    name: local.name,
    parameter: local.type.parameter,
    result: local.type.result,
    kernels: serializeGraph(graph),
  };
  try {
    const { onnx, feeds } = lowerGraph(graph);
    return { ...described, onnx: encodeModel(optimize(onnx)), feeds };
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    return { ...described, onnx: null, onnxReason: error.message, feeds: [] };
  }
}
