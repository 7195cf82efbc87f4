// Pass: removes nodes that change nothing, and merges chains of casts, reshapes and transposes. Values keep their
// elements; only multiplying by two constants in a row becomes one product, rounded once, where that leaves overflow
// and underflow as they are.
import { type Tensor, tensor } from '@starling/federated-core';
import { sameShape } from '../../builder/graph-builder.js';
import { permutationOf } from '../../builder/permutation.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import { broadcastShapes } from '../../builder/shapes.js';
import type { OnnxDType, OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const simplify: Pass = {
  name: 'simplify',
  rewrite(node, context) {
    switch (node.op) {
      case 'Identity':
        return operand(node, 0);
      case 'Cast':
        return simplerCast(node, context);
      case 'Reshape':
        return simplerReshape(node, context);
      case 'Transpose':
        return simplerTranspose(node, context);
      case 'ReduceSum':
        return negatedSum(node, context);
      case 'Neg':
        return context.producedBy('Neg', operand(node, 0))?.inputs[0] ?? null;
      case 'Mul':
      case 'Div':
      case 'Add':
      case 'Sub':
        return (
          withoutNeutral(node, context) ??
          reciprocalFactor(node, context) ??
          mergedScale(node, context) ??
          withoutNegation(node, context) ??
          expandedInstead(node, context) ??
          withoutExpand(node, context)
        );
      default:
        return null;
    }
  },
};

const operand = (node: OnnxNode, index: number): OnnxValue => node.inputs[index] as OnnxValue;
const result = (node: OnnxNode): OnnxValue => node.outputs[0] as OnnxValue;

/** Casts that keep every value of their source type. */
const LOSSLESS: { readonly [D in OnnxDType]?: readonly OnnxDType[] } = {
  bool: ['uint8', 'int32', 'int64', 'float32', 'float64'],
  uint8: ['int32', 'int64', 'float32', 'float64'],
  int32: ['int64', 'float64'],
  float32: ['float64'],
};

function simplerCast(node: OnnxNode, { builder, producedBy }: RewriteContext): OnnxValue | null {
  const x = operand(node, 0);
  const { dtype } = result(node);
  if (x.dtype === dtype) return x;
  const inner = producedBy('Cast', x);
  if (!inner || dtype === 'string') return null;
  const source = operand(inner, 0);
  return LOSSLESS[source.dtype]?.includes(x.dtype) ? builder.cast(source, dtype) : null;
}

function simplerReshape(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const { builder } = context;
  const { shape } = result(node);
  if (shape.some((size) => size < 0)) return null;
  const x = operand(node, 0);
  if (sameShape(x.shape, shape)) return x;
  const data = context.constant(x);
  if (data) return builder.constant({ ...data, shape } as Tensor);
  const inner = context.producedBy('Reshape', x);
  return inner ? builder.reshape(operand(inner, 0), shape) : null;
}

function simplerTranspose(node: OnnxNode, { builder, producedBy }: RewriteContext): OnnxValue | null {
  const x = operand(node, 0);
  const permutation = permutationOf(node);
  const inner = producedBy('Transpose', x);
  if (inner) {
    const first = permutationOf(inner);
    return builder.transpose(
      operand(inner, 0),
      permutation.map((axis) => first[axis] as number),
    );
  }
  // Moving axes of size 1 about moves no element.
  const long = permutation.filter((axis) => x.shape[axis] !== 1);
  const inOrder = long.every((axis, index) => index === 0 || axis > (long[index - 1] as number));
  return inOrder ? builder.reshape(x, result(node).shape) : null;
}

/** A quotient by a power of two as a product. Other reciprocals are rounded: 41 times that of 41 is below 1. */
function reciprocalFactor(node: OnnxNode, { builder, uniform }: RewriteContext): OnnxValue | null {
  const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
  const divisor = node.op === 'Div' && a.dtype === 'float32' ? uniform(b) : undefined;
  if (!divisor || !isPowerOfTwo(divisor) || !isNormal(1 / divisor)) return null;
  if (!sameShape(a.shape, result(node).shape)) return null;
  return builder.binary('Mul', a, builder.constant(tensor('float32', [], Float32Array.of(1 / divisor))));
}

/** Whether a float32 holds a number to its full precision: else its product with another means something else. */
const isNormal = (x: number): boolean => Math.abs(x) >= 2 ** -126 && Math.abs(x) < 2 ** 128;

const isPowerOfTwo = (x: number): boolean => 2 ** Math.round(Math.log2(Math.abs(x))) === Math.abs(x);

/**
 * The one factor that two in a row amount to, or `null` if the product of both would not end where the two products
 * end. With |c| ≥ 1 and |d| ≥ 1, |x| ≤ |x c| ≤ |x c d|: if x c overflows, so does the result. With |c| ≤ 1 and |d| ≤ 1,
 * |x| ≥ |x c| ≥ |x c d|: nothing overflows, and if x c underflows, the result lies below the least normal number either
 * way. Of factors on either side of 1, such as 1e30 and 1e-30, x c may be infinite or 0 if x (c d) is x.
 */
export function mergedFactor(c: number, d: number): number | null {
  const [less, more] = [Math.min(Math.abs(c), Math.abs(d)), Math.max(Math.abs(c), Math.abs(d))];
  if (less < 1 && more > 1) return null;
  return [c, d, c * d].every(isNormal) ? c * d : null;
}

const NEUTRAL: { readonly [op: string]: number } = { Mul: 1, Div: 1, Add: -0, Sub: 0 };

/** x · 1, x / 1, x + −0, x − 0: x + 0 is 0 where x is −0. */
function withoutNeutral(node: OnnxNode, { uniform, producedBy }: RewriteContext): OnnxValue | null {
  const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
  const neutral = NEUTRAL[node.op];
  const { shape } = result(node);
  // A constant that is expanded to the shape of the other operand is that constant.
  const isNeutral = (x: OnnxValue): boolean =>
    Object.is(uniform(x), neutral) || Object.is(uniform(producedBy('Expand', x)?.inputs[0]), neutral);
  if (isNeutral(b) && sameShape(a.shape, shape)) return a;
  const commutes = node.op === 'Mul' || node.op === 'Add';
  return commutes && isNeutral(a) && sameShape(b.shape, shape) ? b : null;
}

/** (x · c) · d with constants c and d: x · (c d), where `mergedFactor` has one. */
function mergedScale(node: OnnxNode, { builder, producedBy, uniform }: RewriteContext): OnnxValue | null {
  if (node.op !== 'Mul') return null;
  const split = scaled(node, uniform);
  const inner = split && producedBy('Mul', split.x);
  const innerSplit = inner && scaled(inner, uniform);
  if (!innerSplit || !sameShape(innerSplit.x.shape, result(node).shape)) return null;
  const { dtype } = result(node);
  if (dtype !== 'float32') return null;
  const factor = mergedFactor(split.factor, innerSplit.factor);
  if (factor === null) return null;
  return builder.binary(
    'Mul',
    innerSplit.x,
    builder.constant(tensor('float32', [], Float32Array.of(factor))),
  );
}

/** Σ −x as −Σ x. */
function negatedSum(node: OnnxNode, { builder, producedBy, uses }: RewriteContext): OnnxValue | null {
  const [x, axes] = node.inputs as readonly [OnnxValue, OnnxValue];
  const negated = producedBy('Neg', x)?.inputs[0];
  if (!negated || uses(x) !== 1) return null;
  return builder.unary('Neg', builder.emitOne('ReduceSum', [negated, axes], result(node), node.attributes));
}

/** a + (−b) as a − b, a − (−b) as a + b; and (−a) · b as −(a · b), so that the sign meets a sum further on. */
function withoutNegation(node: OnnxNode, { builder, producedBy }: RewriteContext): OnnxValue | null {
  const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
  const negatedA = producedBy('Neg', a)?.inputs[0];
  const negatedB = producedBy('Neg', b)?.inputs[0];
  switch (node.op) {
    case 'Add':
      if (negatedB) return builder.binary('Sub', a, negatedB);
      return negatedA ? builder.binary('Sub', b, negatedA) : null;
    case 'Sub':
      return negatedB ? builder.binary('Add', a, negatedB) : null;
    case 'Mul':
      if (negatedA) return builder.unary('Neg', builder.binary('Mul', negatedA, b));
      return negatedB ? builder.unary('Neg', builder.binary('Mul', a, negatedB)) : null;
    default:
      return null;
  }
}

/** The parts of x · c. */
export function scaled(
  node: OnnxNode,
  uniform: RewriteContext['uniform'],
): { readonly x: OnnxValue; readonly factor: number } | null {
  const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
  const right = uniform(b);
  if (right !== undefined) return { x: a, factor: right };
  const left = uniform(a);
  return left === undefined ? null : { x: b, factor: left };
}

/** An operand need not be expanded to a shape that broadcasting gives it anyway. */
function withoutExpand(node: OnnxNode, { builder, producedBy }: RewriteContext): OnnxValue | null {
  const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
  const { shape } = result(node);
  const sourceOf = (x: OnnxValue, other: OnnxValue): OnnxValue => {
    const expand = producedBy('Expand', x);
    const source = expand && operand(expand, 0);
    return source && sameShape(broadcastShapes(source.shape, other.shape), shape) ? source : x;
  };
  const left = sourceOf(a, b);
  const right = sourceOf(b, left);
  return left === a && right === b ? null : builder.binary(node.op, left, right);
}

/** x · expand(1): expand(x), which a neighbour may then do without. */
function expandedInstead(node: OnnxNode, { builder, producedBy, uniform }: RewriteContext): OnnxValue | null {
  if (node.op !== 'Mul') return null;
  const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
  const isOnes = (x: OnnxValue): boolean => uniform(producedBy('Expand', x)?.inputs[0]) === 1;
  if (isOnes(b)) return builder.expand(a, result(node).shape);
  return isOnes(a) ? builder.expand(b, result(node).shape) : null;
}
