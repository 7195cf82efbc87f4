// What a node of a kernel graph reads and makes, whatever its kind.
import type { GraphNode, KernelGraph, ValueId } from './kernel-graph.js';

/** Values that a node reads, in order. */
export function nodeInputs(node: GraphNode): readonly ValueId[] {
  switch (node.op) {
    case 'kernel':
      return Object.values(node.inputs).flat() as readonly ValueId[];
    case 'reduce':
      return [...node.columns, ...node.initial, ...node.captures];
    case 'scan':
      return [...node.sequences, ...node.initial, ...node.captures];
    case 'length':
      return node.columns;
    case 'random':
      return [];
  }
}

/** Values that a node makes, in order. */
export function nodeOutputs(node: GraphNode): readonly ValueId[] {
  return 'outputs' in node ? node.outputs : [node.output];
}

/** The node with every value it reads (not those it makes) renamed. */
export function renameInputs(node: GraphNode, rename: (id: ValueId) => ValueId): GraphNode {
  switch (node.op) {
    case 'kernel': {
      const inputs = Object.entries(node.inputs).map(
        ([name, input]) => [name, typeof input === 'number' ? rename(input) : input.map(rename)] as const,
      );
      return { ...node, inputs: Object.fromEntries(inputs) };
    }
    case 'reduce':
      return {
        ...node,
        columns: node.columns.map(rename),
        initial: node.initial.map(rename),
        captures: node.captures.map(rename),
      };
    case 'scan':
      return {
        ...node,
        sequences: node.sequences.map(rename),
        initial: node.initial.map(rename),
        captures: node.captures.map(rename),
      };
    case 'length':
      return { ...node, columns: node.columns.map(rename) };
    case 'random':
      return node;
  }
}

/** The node with its body, if it has one, put through `change`. */
export function mapBody(node: GraphNode, change: (body: KernelGraph) => KernelGraph): GraphNode {
  return node.op === 'reduce' || node.op === 'scan' ? { ...node, body: change(node.body) } : node;
}
