// Flat products: tf.js's fused layers multiply matrices as batches of one. Without that batch axis the product is a
// plain matrix product, which engines run faster and whose gradient a scan can sum after its walk.
import type { KernelGraph, ValueId, ValueSpec } from '../graph/kernel-graph.js';
import { type Rewriter, rewriteGraph } from './rewrite.js';

/** The graph in which products of batches of one are products of matrices. */
export function flattenProducts(graph: KernelGraph): KernelGraph {
  return rewriteGraph(graph, () => (node, rewriter) => {
    if (node.op !== 'kernel' || node.kernel !== 'BatchMatMul') return node;
    const output = rewriter.spec(node.outputs[0] as ValueId);
    const { a, b } = node.inputs as { readonly a: ValueId; readonly b: ValueId };
    if (output.shape.length < 3 || ![a, b].every((id) => isBatchOfOne(rewriter.spec(id)))) return node;
    const product = rewriter.addKernel(
      'BatchMatMul',
      { a: asMatrix(rewriter, a), b: asMatrix(rewriter, b) },
      node.attributes,
    );
    return [rewriter.addKernel('Reshape', { x: product }, { shape: output.shape })];
  });
}

function isBatchOfOne({ shape }: ValueSpec): boolean {
  return shape.slice(0, -2).every((size) => size === 1);
}

function asMatrix(rewriter: Rewriter, id: ValueId): ValueId {
  const { shape } = rewriter.spec(id);
  return shape.length === 2 ? id : rewriter.addKernel('Reshape', { x: id }, { shape: shape.slice(-2) });
}
