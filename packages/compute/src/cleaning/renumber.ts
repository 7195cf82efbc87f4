// Numbers the values of a graph in the order in which they appear: inputs, constants, then what nodes make. Two
// captures of one function then give the same graph, and so the same hash.
import type { GraphNode, KernelGraph, ValueId, ValueSpec } from '../graph/kernel-graph.js';
import { mapBody, nodeOutputs, renameInputs } from '../graph/walk.js';

/** The graph with values that nothing makes left out, and the others numbered in order. */
export function renumber(graph: KernelGraph): KernelGraph {
  const numbers = new Map<ValueId, ValueId>();
  const values: ValueSpec[] = [];
  const define = (id: ValueId): ValueId => {
    const { dtype, shape } = graph.values[id] as ValueSpec;
    numbers.set(id, values.length);
    return values.push({ dtype, shape }) - 1;
  };
  const find = (id: ValueId): ValueId => numbers.get(id) as ValueId;
  const inputs = graph.inputs.map(define);
  const constants = graph.constants.map(({ value, tensor }) => ({ value: define(value), tensor }));
  const nodes = graph.nodes.map((node) => {
    const read = renameInputs(node, find);
    for (const id of nodeOutputs(node)) define(id);
    return renameOutputs(mapBody(read, renumber), find);
  });
  return { values, inputs, constants, nodes, outputs: graph.outputs.map(find) };
}

function renameOutputs(node: GraphNode, rename: (id: ValueId) => ValueId): GraphNode {
  if ('outputs' in node) return { ...node, outputs: node.outputs.map(rename) };
  return { ...node, output: rename(node.output) };
}
