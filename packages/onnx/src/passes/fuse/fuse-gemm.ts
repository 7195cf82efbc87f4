// Pass: lets one Gemm do what stands around a matrix product: α · A B + β · C. A bias becomes C, and so does the
// weight of a gradient step, w − lr · (xᵀ dy): the gradient is then never written out on its own.
import { attribute, sameShape } from '../../builder/graph-builder.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxAttribute, OnnxNode, OnnxValue } from '../../model/onnx-model.js';
import { mergedFactor, scaled } from '../clean/simplify.js';

export const fuseGemm: Pass = {
  name: 'fuse-gemm',
  rewrite(node, context) {
    if (node.op !== 'Add' && node.op !== 'Sub') return null;
    const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
    const output = node.outputs[0] as OnnxValue;
    const right = product(b, context);
    if (right && fits(a, output) && sameShape(right.node.outputs[0]?.shape ?? [], output.shape)) {
      return gemm(right, a, node.op === 'Add' ? 1 : -1, 1, context);
    }
    const left = product(a, context);
    if (left && fits(b, output) && sameShape(left.node.outputs[0]?.shape ?? [], output.shape)) {
      return gemm(left, b, 1, node.op === 'Add' ? 1 : -1, context);
    }
    return null;
  },
};

/** A matrix product of two matrices, times a constant: one that all factors in a row amount to (`mergedFactor`). */
interface Product {
  readonly node: OnnxNode;
  readonly factor: number;
}

/** C must broadcast to the result, which has two axes. */
function fits(c: OnnxValue, output: OnnxValue): boolean {
  return c.dtype === 'float32' && output.shape.length === 2 && c.shape.length <= 2;
}

function product(value: OnnxValue, context: RewriteContext, factor = 1): Product | null {
  if (context.uses(value) !== 1) return null;
  const node = context.producer(value);
  if (node?.op === 'Mul') {
    const split = scaled(node, context.uniform);
    const merged = split && mergedFactor(factor, split.factor);
    return split && merged !== null ? product(split.x, context, merged) : null;
  }
  const isProduct = node?.op === 'MatMul' || (node?.op === 'Gemm' && !node.inputs[2]);
  const isMatrix = value.shape.length === 2 && node?.inputs.every((input) => input?.shape.length === 2);
  if (!isProduct || !isMatrix || value.dtype !== 'float32') return null;
  const alpha = node.attributes['alpha'];
  const merged = alpha?.kind === 'float' ? mergedFactor(factor, alpha.value) : factor;
  return merged === null ? null : { node, factor: merged };
}

function gemm(
  { node, factor }: Product,
  c: OnnxValue,
  productSign: number,
  cSign: number,
  { builder }: RewriteContext,
): OnnxValue {
  const attributes: Record<string, OnnxAttribute> = {
    ...node.attributes,
    alpha: attribute.float(productSign * factor),
    beta: attribute.float(cSign),
  };
  const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
  return builder.emitOne('Gemm', [a, b, c], node.outputs[0] as OnnxValue, attributes);
}
