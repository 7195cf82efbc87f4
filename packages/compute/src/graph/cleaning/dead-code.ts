// Dead code: drops nodes and constants that no output needs, and captures that a body does not read. A draw of random
// numbers that nothing reads is dropped too.
import type { GraphNode, KernelGraph, ReduceNode, ValueId } from '../kernel-graph.js';
import { nodeInputs, nodeOutputs } from '../walk.js';

/** The graph without what no output needs; inputs all stay. */
export function removeDeadCode(graph: KernelGraph): KernelGraph {
  const live = new Set<ValueId>(graph.outputs);
  const nodes: GraphNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!nodeOutputs(node).some((id) => live.has(id))) continue;
    const kept = node.op === 'reduce' ? withoutDeadCaptures(node) : node;
    for (const id of nodeInputs(kept)) live.add(id);
    nodes.push(kept);
  }
  return {
    ...graph,
    constants: graph.constants.filter(({ value }) => live.has(value)),
    nodes: nodes.reverse(),
  };
}

function withoutDeadCaptures(node: ReduceNode): ReduceNode {
  const body = removeDeadCode(node.body);
  const read = new Set([...body.outputs, ...body.nodes.flatMap(nodeInputs)]);
  const firstCapture = body.inputs.length - node.captures.length;
  const isRead = (index: number): boolean => read.has(body.inputs[firstCapture + index] as ValueId);
  return {
    ...node,
    captures: node.captures.filter((_, index) => isRead(index)),
    body: {
      ...body,
      inputs: body.inputs.filter((_, index) => index < firstCapture || isRead(index - firstCapture)),
    },
  };
}
