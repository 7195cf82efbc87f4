// Pass: transposes move as few axes as say the same. Axes of size 1 do not count, and axes that stay side by side are
// one; onnxruntime has fast ways for what is then often a plain matrix, but looks for no such thing itself: six axes
// take it five times as long.

import { permutationOf } from '../../builder/permutation.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const mergeAxes: Pass = {
  name: 'merge-axes',
  rewrite: (node, context) => (node.op === 'Transpose' ? merged(node, context) : null),
};

function merged(node: OnnxNode, { builder }: RewriteContext): OnnxValue | null {
  const x = node.inputs[0] as OnnxValue;
  const permutation = permutationOf(node);
  if (x.shape.some((size) => size < 0)) return null;
  /** Axes of the input, in the order of the result: those that follow each other in both are one group. */
  const groups: number[][] = [];
  const long = permutation.filter((axis) => x.shape[axis] !== 1);
  const order = [...long].sort((a, b) => a - b);
  for (const axis of long) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && order.indexOf(axis) === order.indexOf(last) + 1) groups.at(-1)?.push(axis);
    else groups.push([axis]);
  }
  if (groups.length === permutation.length) return null;
  const { shape } = node.outputs[0] as OnnxValue;
  const byPlace = [...groups].sort((a, b) => (a[0] as number) - (b[0] as number));
  const sizeOfGroup = (group: readonly number[]) =>
    group.reduce((size, axis) => size * (x.shape[axis] as number), 1);
  const matrix = builder.reshape(x, byPlace.map(sizeOfGroup));
  const moved = builder.transpose(
    matrix,
    groups.map((group) => byPlace.indexOf(group)),
  );
  return builder.reshape(moved, shape);
}
