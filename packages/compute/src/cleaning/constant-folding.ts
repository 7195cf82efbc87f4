// Constant folding: what depends on constants alone is computed now, on the cpu backend of tf.js, when the result is
// small. Elementwise kernels on tensors filled with one number stay a Fill, whatever their size.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import { runKernel } from '../engines/tfjs/tfjs-kernels.js';
import { fromTf, toTf } from '../engines/tfjs/tfjs-tensors.js';
import type { Attribute, KernelGraph, KernelNode, ValueId } from '../graph/kernel-graph.js';
import { BINARY_KERNELS, UNARY_KERNELS } from '../graph/kernels.js';
import { onBackend, scoped, untaped } from '../tensorflow/scopes.js';
import type * as tf from '../tensorflow/tf.js';
import { type Rewriter, rewriteGraph } from './rewrite.js';
import { scalarTensor } from './scalar-fills.js';

/** Results of more elements stay nodes: a graph should not grow by what a node can make. */
const LARGEST_RESULT = 1024;
/** A Fill of more elements is not written out to be computed on. */
const LARGEST_OPERAND = 1 << 16;

const ELEMENTWISE: ReadonlySet<string> = new Set([...UNARY_KERNELS, ...BINARY_KERNELS]);

/** Kernels that only move elements: of one number throughout, they give that number throughout. */
const MOVING: ReadonlySet<string> = new Set(['Reshape', 'Reverse', 'Slice', 'Tile', 'Transpose']);

/** The graph with nodes that depend on constants alone replaced by their values. */
export function foldConstants(graph: KernelGraph): KernelGraph {
  return rewriteGraph(graph, () => (node, rewriter) => {
    if (node.op !== 'kernel' || node.kernel === 'Fill') return node;
    const inputs = Object.values(node.inputs).flat() as readonly ValueId[];
    if (inputs.length === 0 || node.outputs.length !== 1) return node;
    return foldUniform(node, inputs, rewriter) ?? foldSmall(node, inputs, rewriter) ?? node;
  });
}

function foldUniform(
  node: KernelNode,
  inputs: readonly ValueId[],
  rewriter: Rewriter,
): readonly ValueId[] | null {
  const { dtype, shape } = rewriter.spec(node.outputs[0] as ValueId);
  if (sizeOf(shape) < 2 || dtype === 'string') return null;
  const values = inputs.map((id) => rewriter.uniformValue(id));
  if (values.some((value) => value === undefined)) return null;
  if (MOVING.has(node.kernel)) return [fill(rewriter, shape, values[0] as number, dtype)];
  if (!ELEMENTWISE.has(node.kernel)) return null;
  const scalars = inputs.map((id, index) => scalarTensor(rewriter.spec(id).dtype, values[index] as number));
  const result = compute(node, inputs, scalars);
  return [fill(rewriter, shape, Number((result.data as Float32Array)[0]), dtype)];
}

function fill(rewriter: Rewriter, shape: readonly number[], value: number, dtype: Attribute): ValueId {
  return rewriter.addKernel('Fill', {}, { shape, value, dtype });
}

function foldSmall(
  node: KernelNode,
  inputs: readonly ValueId[],
  rewriter: Rewriter,
): readonly ValueId[] | null {
  if (sizeOf(rewriter.spec(node.outputs[0] as ValueId).shape) > LARGEST_RESULT) return null;
  const tensors = inputs.map((id) => writtenOut(id, rewriter));
  if (tensors.some((tensor) => tensor === null || tensor.dtype === 'string')) return null;
  return [rewriter.addConstant(compute(node, inputs, tensors as readonly Tensor[]))];
}

function writtenOut(id: ValueId, rewriter: Rewriter): Tensor | null {
  const constant = rewriter.constant(id);
  if (constant !== undefined) return constant;
  const value = rewriter.uniformValue(id);
  const { dtype, shape } = rewriter.spec(id);
  if (value === undefined || dtype === 'string' || sizeOf(shape) > LARGEST_OPERAND) return null;
  return scalarTensor(dtype, value, shape);
}

/** The node's one output, with `tensors` in the place of its inputs. */
function compute(node: KernelNode, inputs: readonly ValueId[], tensors: readonly Tensor[]): Tensor {
  // Cleaning may run while a capture, and a gradient within it, is under way.
  const run = (): Tensor => {
    const byId = new Map(inputs.map((id, index) => [id, toTf(tensors[index] as Tensor)]));
    const read = (id: ValueId): tf.Tensor => byId.get(id) as tf.Tensor;
    const list = node.inputs['tensors'];
    const named =
      list !== undefined && typeof list !== 'number'
        ? list.map(read)
        : Object.fromEntries(Object.entries(node.inputs).map(([name, id]) => [name, read(id as ValueId)]));
    return fromTf(runKernel('cpu', node, named)[0] as tf.Tensor);
  };
  return onBackend('cpu', () => untaped(() => scoped(run)));
}
