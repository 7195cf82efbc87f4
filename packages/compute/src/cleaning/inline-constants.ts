// Small constants go into the bodies that read them: there they can be folded, which a captured value cannot.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { GraphNode, KernelGraph, ValueId } from '../graph/kernel-graph.js';
import { rewriteGraph } from './rewrite.js';

/** Constants of more elements stay where they are, and stay captured. */
const LARGEST = 1024;

/** The graph in which bodies hold copies of the small constants that they captured. */
export function inlineConstants(graph: KernelGraph): KernelGraph {
  return rewriteGraph(graph, () => (node, rewriter) => {
    if (node.op !== 'reduce' && node.op !== 'scan') return node;
    const constantOf = (id: ValueId): Tensor | undefined => {
      const constant = rewriter.constant(id);
      return constant !== undefined && sizeOf(constant.shape) <= LARGEST ? constant : undefined;
    };
    return node.captures.some((id) => constantOf(id) !== undefined) ? inlined(node, constantOf) : node;
  });
}

function inlined(
  node: GraphNode & { op: 'reduce' | 'scan' },
  constantOf: (id: ValueId) => Tensor | undefined,
): GraphNode {
  const { body, captures } = node;
  const firstCapture = body.inputs.length - captures.length;
  const constants = captures.flatMap((id, index) => {
    const tensor = constantOf(id);
    return tensor === undefined ? [] : [{ value: body.inputs[firstCapture + index] as ValueId, tensor }];
  });
  const gone = new Set(constants.map(({ value }) => value));
  return {
    ...node,
    captures: captures.filter((id) => constantOf(id) === undefined),
    body: {
      ...body,
      inputs: body.inputs.filter((id) => !gone.has(id)),
      constants: [...body.constants, ...constants],
    },
  };
}
