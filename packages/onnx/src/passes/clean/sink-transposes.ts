// Pass: moves transposes towards the end of the graph, past operators that do not care for the order of axes, until
// they meet their inverse and vanish (in `simplify`) or their result is needed. So images that tf.js keeps as
// [N, H, W, C] stay [N, C, H, W] from one ONNX convolution to the next, gradients included.
import { attribute } from '../../builder/graph-builder.js';
import { isElementwiseBroadcasting, isElementwiseUnary } from '../../builder/operators.js';
import { inverse, permutationOf, samePermutation } from '../../builder/permutation.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const sinkTransposes: Pass = {
  name: 'sink-transposes',
  rewrite(node, context) {
    const permutation = commonPermutation(node, context);
    if (!permutation) return null;
    if (isElementwiseUnary(node.op) || isElementwiseBroadcasting(node.op)) {
      return sunkElementwise(node, permutation, context);
    }
    if (node.op === 'ReduceSum') return sunkReduction(node, permutation, context);
    return null;
  },
};

/** The permutation that all transposed inputs share; `null` if there is none. */
function commonPermutation(node: OnnxNode, { producedBy }: RewriteContext): readonly number[] | null {
  let common: readonly number[] | null = null;
  for (const input of node.inputs) {
    const transpose = producedBy('Transpose', input);
    if (!transpose) continue;
    const permutation = permutationOf(transpose);
    if (common && !samePermutation(common, permutation)) return null;
    common = permutation;
  }
  return common;
}

function sunkElementwise(
  node: OnnxNode,
  permutation: readonly number[],
  context: RewriteContext,
): OnnxValue | null {
  const output = node.outputs[0] as OnnxValue;
  if (output.shape.length !== permutation.length) return null;
  const inputs = node.inputs.map((input) => (input ? untransposed(input, permutation, context) : null));
  if (inputs.some((input, index) => input === null && node.inputs[index] !== null)) return null;
  const { builder } = context;
  const back = inverse(permutation);
  const shape = back.map((axis) => output.shape[axis] as number);
  const result = builder.emitOne(node.op, inputs, { dtype: output.dtype, shape }, node.attributes);
  return builder.transpose(result, permutation);
}

/** An operand in the order of axes before the transpose, where that costs nothing: else `null`. */
function untransposed(
  input: OnnxValue,
  permutation: readonly number[],
  { builder, producedBy }: RewriteContext,
): OnnxValue | null {
  const transpose = producedBy('Transpose', input);
  if (transpose) return transpose.inputs[0] as OnnxValue;
  const long = input.shape.filter((size) => size !== 1).length;
  if (long === 0) return input;
  if (long > 1) return null;
  // One long axis, such as a bias over channels: a reshape puts it in its place.
  const rank = permutation.length;
  const padded = [...Array<number>(rank - input.shape.length).fill(1), ...input.shape];
  return builder.reshape(
    input,
    inverse(permutation).map((axis) => padded[axis] as number),
  );
}

/** A sum that leaves at most one axis, such as a bias gradient. */
function sunkReduction(
  node: OnnxNode,
  permutation: readonly number[],
  { builder, producedBy, constant }: RewriteContext,
): OnnxValue | null {
  const output = node.outputs[0] as OnnxValue;
  const axes = constant(node.inputs[1]);
  const source = producedBy('Transpose', node.inputs[0])?.inputs[0];
  if (output.shape.length > 1 || !axes || !source) return null;
  const keep = node.attributes['keepdims'];
  if (keep?.kind === 'int' && keep.value === 1) return null;
  const moved = Array.from(axes.data as BigInt64Array, (axis) => permutation[Number(axis)] as number);
  return builder.emitOne('ReduceSum', [source, builder.ints(moved.sort((a, b) => a - b))], output, {
    keepdims: attribute.int(0),
  });
}
