// Scalar fills: where an operand of an elementwise kernel is one number throughout, and the other operand has the
// shape of the result already, the number alone does. Broadcasting a scalar gives the same bits and costs nothing.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { GraphDType, KernelGraph, ValueId } from '../graph/kernel-graph.js';
import { BINARY_KERNELS } from '../graph/kernels.js';
import { type Rewriter, rewriteGraph } from './rewrite.js';

const BINARY: ReadonlySet<string> = new Set(BINARY_KERNELS);

/** The graph in which elementwise kernels read scalars instead of tensors filled with one number. */
export function scalarFills(graph: KernelGraph): KernelGraph {
  return rewriteGraph(graph, () => (node, rewriter) => {
    if (node.op !== 'kernel' || !BINARY.has(node.kernel)) return node;
    const a = node.inputs['a'] as ValueId;
    const b = node.inputs['b'] as ValueId;
    const { shape } = rewriter.spec(node.outputs[0] as ValueId);
    const scalarB = keepsShape(rewriter, a, shape) ? scalarFor(rewriter, b) : null;
    if (scalarB !== null) return { ...node, inputs: { a, b: scalarB } };
    const scalarA = keepsShape(rewriter, b, shape) ? scalarFor(rewriter, a) : null;
    if (scalarA !== null) return { ...node, inputs: { a: scalarA, b } };
    return node;
  });
}

function keepsShape(rewriter: Rewriter, id: ValueId, shape: readonly number[]): boolean {
  return rewriter.spec(id).shape.join() === shape.join();
}

function scalarFor(rewriter: Rewriter, id: ValueId): ValueId | null {
  const { dtype, shape } = rewriter.spec(id);
  const value = rewriter.uniformValue(id);
  if (shape.length === 0 || value === undefined) return null;
  return rewriter.addConstant(scalarTensor(dtype, value));
}

/** A tensor of one element. Throws a `TypeError` for strings. */
export function scalarTensor(dtype: GraphDType, value: number, shape: readonly number[] = []): Tensor {
  const size = sizeOf(shape);
  switch (dtype) {
    case 'float32':
      return { dtype, shape, data: new Float32Array(size).fill(value) };
    case 'int32':
      return { dtype, shape, data: new Int32Array(size).fill(value) };
    case 'bool':
    case 'uint8':
      return { dtype, shape, data: new Uint8Array(size).fill(value) };
    case 'string':
      throw new TypeError('Cannot fill a tensor of strings with a number');
  }
}
