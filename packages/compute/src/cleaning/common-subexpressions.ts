// Common subexpressions: of nodes that compute the same from the same, one stays. So it is for constants of equal
// bits. Draws of random numbers are never merged: each is a draw of its own.
import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import type { Tensor } from '@starling/federated-core';
import type { GraphNode, KernelGraph, ValueId } from '../graph/kernel-graph.js';
import { encodeAttribute } from '../graph/serialized/serialize.js';
import { mapBody, nodeOutputs, renameInputs } from '../graph/walk.js';
import { rewriteGraph } from './rewrite.js';

/** The graph in which no two nodes compute the same. */
export function mergeCommonSubexpressions(graph: KernelGraph): KernelGraph {
  return rewriteGraph(mergeConstants(graph), () => {
    const known = new Map<string, readonly ValueId[]>();
    return (node) => {
      const key = keyOf(node);
      if (key === null) return node;
      const before = known.get(key);
      if (before !== undefined) return before;
      known.set(key, nodeOutputs(node));
      return node;
    };
  });
}

/** Equal for nodes that compute the same; `null` for nodes that are never merged. */
function keyOf(node: GraphNode): string | null {
  switch (node.op) {
    case 'kernel':
      return JSON.stringify([
        node.kernel,
        Object.entries(node.inputs).sort(),
        encodeAttribute(node.attributes),
      ]);
    case 'length':
      return JSON.stringify(['length', node.columns]);
    case 'reduce':
    case 'scan':
    case 'random':
      return null;
  }
}

function mergeConstants(graph: KernelGraph): KernelGraph {
  const first = new Map<string, ValueId>();
  const renamed = new Map<ValueId, ValueId>();
  const constants = graph.constants.filter(({ value, tensor }) => {
    const key = constantKey(tensor);
    const before = first.get(key);
    if (before === undefined) first.set(key, value);
    else renamed.set(value, before);
    return before === undefined;
  });
  const rename = (id: ValueId): ValueId => renamed.get(id) ?? id;
  const nodes = graph.nodes.map((node) => mapBody(renameInputs(node, rename), mergeConstants));
  return { ...graph, constants, nodes, outputs: graph.outputs.map(rename) };
}

function constantKey({ dtype, shape, data }: Tensor): string {
  if (dtype === 'string') return JSON.stringify([dtype, shape, data]);
  const values = data as Uint8Array;
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return `${dtype}[${shape}] ${bytesToHex(sha256(bytes))}`;
}
