// A local computation from its artifact: what was captured, saved and read back can be called, compiled and run like
// any other.
import type { LocalComputation } from '@starling/federated-core';
import { functionType } from '@starling/federated-core/plan';
import type { GraphArtifact } from '../engine/graph-artifact.js';
import { deserializeGraph } from '../graph/serialized/deserialize.js';
import { graphId } from '../graph/serialized/graph-id.js';

/**
 * The local computation that `compileGraph` made `artifact` of. Throws a `RangeError` if its graph is not the one that
 * its id names.
 */
export function localOfArtifact(artifact: GraphArtifact): LocalComputation {
  const { id, name, parameter, result } = artifact;
  const body = deserializeGraph(artifact.kernels);
  const found = graphId(parameter, result, body);
  if (found !== id) {
    throw new RangeError(`Cannot read the local computation '${name}': need the graph ${id}, got ${found}`);
  }
  return { kind: 'local-computation', name, id, type: functionType(parameter, result), body };
}
