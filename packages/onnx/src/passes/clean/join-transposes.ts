// Pass: a transpose of a transpose is one, also if a reshape that only splits axes stands between them, as in filters
// laid out in blocks from a transposed matrix.
import { sizeOf } from '@starling/federated-core/plan';
import { permutationOf } from '../../builder/permutation.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const joinTransposes: Pass = {
  name: 'join-transposes',
  rewrite: (node, context) => (node.op === 'Transpose' ? joined(node, context) : null),
};

function joined(node: OnnxNode, { builder, producedBy }: RewriteContext): OnnxValue | null {
  const reshaped = node.inputs[0] as OnnxValue;
  const transposed = producedBy('Reshape', reshaped)?.inputs[0];
  const inner = producedBy('Transpose', transposed);
  if (!transposed || !inner) return null;
  const parts = split(transposed.shape, reshaped.shape);
  if (!parts) return null;
  const source = inner.inputs[0] as OnnxValue;
  /** For each axis of the source, where it stands in the transposed value. */
  const places = source.shape.map((_, axis) => permutationOf(inner).indexOf(axis));
  const ordered = places.flatMap((place) => parts[place] as readonly number[]);
  const shape = ordered.map((axis) => reshaped.shape[axis] as number);
  const permutation = permutationOf(node).map((axis) => ordered.indexOf(axis));
  return builder.transpose(builder.reshape(source, shape), permutation);
}

/** Which axes of `fine` each axis of `coarse` was split into, in order; `null` if it is another kind of reshape. */
function split(coarse: readonly number[], fine: readonly number[]): readonly (readonly number[])[] | null {
  if ([...coarse, ...fine].some((size) => size < 1)) return null;
  let next = 0;
  const parts = coarse.map((size) => {
    const start = next;
    let product = 1;
    while (next < fine.length && product < size) product *= fine[next++] as number;
    return product === size ? fine.slice(start, next).map((_, index) => start + index) : null;
  });
  // Axes of size 1 that are left over belong to the last axis.
  const rest = fine.slice(next).map((_, index) => next + index);
  if (parts.some((part) => part === null) || sizeOf(rest.map((axis) => fine[axis] as number)) !== 1)
    return null;
  return parts.map((part, axis) => (axis === coarse.length - 1 ? [...(part ?? []), ...rest] : (part ?? [])));
}
