// What passes know of operators: which work element by element, so that moving elements before or after is the same,
// and which sum over all elements of each channel.
import type { OnnxNode } from '../model/onnx-model.js';
import type { RewriteContext } from './rewrite-graph.js';

const ELEMENTWISE_UNARY = new Set(
  `Abs Acos Acosh Asin Asinh Atan Atanh Cast Ceil Cos Cosh Elu Erf Exp Floor Identity IsInf IsNaN LeakyRelu Log Neg Not
   Reciprocal Relu Round Selu Sigmoid Sign Sin Sinh Softplus Sqrt Tan Tanh`.split(/\s+/),
);

const ELEMENTWISE_BROADCASTING = new Set(
  'Add And Clip Div Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mod Mul Or Pow Sub Where Xor'.split(
    ' ',
  ),
);

/** One input, and each element of the result depends on the element at its place alone. */
export const isElementwiseUnary = (op: string): boolean => ELEMENTWISE_UNARY.has(op);

/** Several inputs broadcast against each other, element by element. */
export const isElementwiseBroadcasting = (op: string): boolean => ELEMENTWISE_BROADCASTING.has(op);

/** Whether a ReduceSum is over all axes but the last, which alone is left: such as a bias gradient. */
export function isSumToChannels(
  { inputs, outputs }: OnnxNode,
  { constant }: Pick<RewriteContext, 'constant'>,
): boolean {
  const axes = Array.from((constant(inputs[1])?.data ?? []) as BigInt64Array, Number).sort((a, b) => a - b);
  const leading = inputs[0]?.shape.slice(0, -1) ?? [];
  return outputs[0]?.shape.length === 1 && `${axes}` === `${leading.map((_, axis) => axis)}`;
}
