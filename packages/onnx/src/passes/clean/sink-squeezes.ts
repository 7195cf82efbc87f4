// Pass: moves reshapes that only add or drop axes of size 1 past element-by-element operators, so that a product and
// the bias added to it, or a gradient and its update, stand side by side for fusion.
import { sameShape } from '../../builder/graph-builder.js';
import { isElementwiseBroadcasting, isElementwiseUnary } from '../../builder/operators.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const sinkSqueezes: Pass = {
  name: 'sink-squeezes',
  rewrite(node, context) {
    const output = node.outputs[0] as OnnxValue;
    if (node.op === 'ReduceSum') return squeezedSum(node, output, context);
    const unary = isElementwiseUnary(node.op);
    if (!unary && !isElementwiseBroadcasting(node.op)) return null;
    const squeezed = node.inputs.find((input) => squeezeSource(input, context));
    const source = squeezed && squeezeSource(squeezed, context);
    if (!source || source.shape.length >= output.shape.length) return null;
    // The result must have the source's elements, too: no operand may broadcast along an axis of size 1.
    if (withoutOnes(source.shape) !== withoutOnes(output.shape)) return null;
    const inputs = node.inputs.map((input) => (input ? inShapeOf(source, input, output, context) : null));
    if (inputs.some((input, index) => input === null && node.inputs[index] !== null)) return null;
    const { builder } = context;
    const result = builder.emitOne(
      node.op,
      inputs,
      { dtype: output.dtype, shape: source.shape },
      node.attributes,
    );
    return builder.reshape(result, output.shape);
  },
};

/** The sum that leaves the last axis of [1, …, n, k], as tf.js takes it of a bias's gradient: that of [n, k]. */
function squeezedSum(node: OnnxNode, output: OnnxValue, context: RewriteContext): OnnxValue | null {
  const [x, axes] = node.inputs as readonly [OnnxValue, OnnxValue];
  const source = squeezeSource(x, context);
  const last = x.shape.length - 1;
  const summed = Array.from((context.constant(axes)?.data ?? []) as ArrayLike<bigint>, Number);
  const allButLast = summed.length === last && summed.every((axis, index) => axis === index);
  if (!source || !allButLast || source.shape.length >= x.shape.length || output.shape.length !== 1)
    return null;
  if (source.shape.at(-1) !== output.shape[0]) return null;
  if (source.shape.length === 1) return source;
  const before = source.shape.slice(0, -1).map((_, axis) => axis);
  return context.builder.emitOne(
    'ReduceSum',
    [source, context.builder.ints(before)],
    output,
    node.attributes,
  );
}

const withoutOnes = (shape: readonly number[]): string => shape.filter((size) => size !== 1).join();

/** What a value was before a reshape that dropped or added axes of size 1 alone. */
function squeezeSource(value: OnnxValue | null, { producedBy }: RewriteContext): OnnxValue | null {
  const reshape = producedBy('Reshape', value);
  const source = reshape?.inputs[0];
  return source && value && withoutOnes(source.shape) === withoutOnes(value.shape) ? source : null;
}

/** An operand for the operator on the source's shape: the same elements meet. `null` if that is not sure. */
function inShapeOf(
  source: OnnxValue,
  input: OnnxValue,
  output: OnnxValue,
  context: RewriteContext,
): OnnxValue | null {
  const own = squeezeSource(input, context);
  if (own && sameShape(own.shape, source.shape)) return own;
  if (input.shape.every((size) => size === 1)) {
    return input.shape.length === 0 ? input : context.builder.reshape(input, []);
  }
  // Over the last axis alone, and that axis is the same before and after.
  if (
    input.shape.length === 1 &&
    source.shape.at(-1) === input.shape[0] &&
    output.shape.at(-1) === input.shape[0]
  ) {
    return input;
  }
  if (withoutOnes(input.shape) !== withoutOnes(output.shape)) return null;
  return context.builder.reshape(input, source.shape);
}
