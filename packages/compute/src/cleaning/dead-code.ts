// Dead code: drops nodes and constants that no output needs, and captures that a body does not read. A draw of random
// numbers that nothing reads is dropped too.
import type { GraphNode, KernelGraph, ReduceNode, ScanNode, ValueId } from '../graph/kernel-graph.js';
import { nodeInputs, nodeOutputs } from '../graph/walk.js';

/** The graph without what no output needs; inputs all stay. */
export function removeDeadCode(graph: KernelGraph): KernelGraph {
  const live = new Set<ValueId>(graph.outputs);
  const nodes: GraphNode[] = [];
  for (const node of [...graph.nodes].reverse()) {
    if (!nodeOutputs(node).some((id) => live.has(id))) continue;
    const kept = withoutDeadResults(node, live);
    for (const id of nodeInputs(kept)) live.add(id);
    nodes.push(kept);
  }
  return {
    ...graph,
    constants: graph.constants.filter(({ value }) => live.has(value)),
    nodes: nodes.reverse(),
  };
}

/** Of a scan, without results that nothing reads; of any node with a body, without captures that it does not read. */
function withoutDeadResults(node: GraphNode, live: ReadonlySet<ValueId>): GraphNode {
  if (node.op === 'reduce') return { ...node, ...withoutDeadCaptures(node) };
  if (node.op !== 'scan') return node;
  const carried = node.initial.length;
  const isRead = (index: number): boolean => index < carried || live.has(node.outputs[index] as ValueId);
  const outputs = node.outputs.filter((_, index) => isRead(index));
  const body = { ...node.body, outputs: node.body.outputs.filter((_, index) => isRead(index)) };
  const alive = withoutDeadCaptures({ captures: node.captures, body });
  return withoutDeadSequences({ ...node, outputs, ...alive });
}

/** A scan without sequences that its body does not read. */
function withoutDeadSequences(node: ScanNode): ScanNode {
  const { body, initial, sequences } = node;
  const read = new Set([...body.outputs, ...body.nodes.flatMap(nodeInputs)]);
  const isRead = (index: number): boolean => read.has(body.inputs[initial.length + index] as ValueId);
  const last = initial.length + sequences.length;
  return {
    ...node,
    sequences: sequences.filter((_, index) => isRead(index)),
    body: {
      ...body,
      inputs: body.inputs.filter(
        (_, index) => index < initial.length || index >= last || isRead(index - initial.length),
      ),
    },
  };
}

function withoutDeadCaptures(
  node: Pick<ReduceNode, 'captures' | 'body'>,
): Pick<ReduceNode, 'captures' | 'body'> {
  const body = removeDeadCode(node.body);
  const read = new Set([...body.outputs, ...body.nodes.flatMap(nodeInputs)]);
  const firstCapture = body.inputs.length - node.captures.length;
  const isRead = (index: number): boolean => read.has(body.inputs[firstCapture + index] as ValueId);
  return {
    captures: node.captures.filter((_, index) => isRead(index)),
    body: {
      ...body,
      inputs: body.inputs.filter((_, index) => index < firstCapture || isRead(index - firstCapture)),
    },
  };
}
