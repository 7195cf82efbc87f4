// Pass: long sums and means are taken in blocks, and sums of blocks again, until few are left. onnxruntime adds float32
// numbers one after another, so that the rounding of a sum of n numbers grows with n: up to n · 2⁻²⁴ of Σ |x|, and 1 %
// for ten million equal ones. In blocks it grows with the length of a block, times the number of levels (Higham, "The
// Accuracy of Floating Point Summation", SIAM J. Sci. Comput. 1993, §3).
import { sizeOf } from '@starling/federated-core/plan';
import type { GraphBuilder } from '../../builder/graph-builder.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

/**
 * Numbers that an engine may add one after another in float32: the rounding of a sum is then at most 2⁻¹² of Σ |x|.
 */
export const LONGEST_SUM = 4096;
/**
 * Numbers in a block: the largest divisor of the length from the fewest on, so that nothing is copied; else the most.
 */
const FEWEST_IN_BLOCK = 64;
const MOST_IN_BLOCK = 512;

export const blockSums: Pass = {
  name: 'block-sums',
  rewrite(node, context) {
    const isSum = node.op === 'ReduceSum' || node.op === 'ReduceMean';
    return isSum && node.outputs[0]?.dtype === 'float32' ? inBlocks(node, context) : null;
  },
};

function inBlocks(node: OnnxNode, { builder, constant }: RewriteContext): OnnxValue | null {
  const [x, axes] = node.inputs as readonly [OnnxValue, OnnxValue | null];
  const output = node.outputs[0] as OnnxValue;
  const summed = new Set(Array.from((constant(axes)?.data ?? []) as BigInt64Array, Number));
  const { sizes, isSummed } = grouped(x.shape, summed);
  const count = sizes.reduce((product, size, axis) => (isSummed[axis] ? product * size : product), 1);
  // With two unknown sizes a shape cannot be stated.
  if (sizes.some((size, axis) => size < 0 && isSummed[axis]) || count <= LONGEST_SUM) return null;
  if ([...x.shape, ...output.shape].filter((size) => size < 0).length > 2) return null;
  let sum = builder.reshape(x, sizes);
  for (let axis = sizes.length - 1; axis >= 0; axis--) if (isSummed[axis]) sum = sumAlong(builder, sum, axis);
  const result = builder.reshape(sum, output.shape);
  return node.op === 'ReduceSum' ? result : builder.binary('Div', result, builder.scalarLike(result, count));
}

/** Axes that stand side by side, and are all summed or all kept, as one; of unknown size where one of them is. */
function grouped(
  shape: readonly number[],
  summed: ReadonlySet<number>,
): { readonly sizes: readonly number[]; readonly isSummed: readonly boolean[] } {
  const sizes: number[] = [];
  const isSummed: boolean[] = [];
  shape.forEach((size, axis) => {
    const last = sizes.length - 1;
    if (axis > 0 && isSummed[last] === summed.has(axis)) {
      sizes[last] = size < 0 || (sizes[last] as number) < 0 ? -1 : (sizes[last] as number) * size;
    } else {
      sizes.push(size);
      isSummed.push(summed.has(axis));
    }
  });
  return { sizes, isSummed };
}

/** The sum along one axis, which is dropped. */
function sumAlong(builder: GraphBuilder, x: OnnxValue, axis: number): OnnxValue {
  const size = x.shape[axis] as number;
  if (size <= MOST_IN_BLOCK) return builder.reduce('ReduceSum', x, [axis], false);
  const block = blockOf(size);
  const blocks = Math.floor(size / block);
  const sums = sumsOfBlocks(builder, builder.slice(x, [axis], [0], [blocks * block]), axis, block);
  const left = size - blocks * block;
  if (left === 0) return sumAlong(builder, sums, axis);
  const rest = builder.slice(x, [axis], [blocks * block], [left]);
  return sumAlong(
    builder,
    builder.concat([sums, builder.reduce('ReduceSum', rest, [axis], true)], axis),
    axis,
  );
}

/** `x` with an axis of as many sums as there are blocks of that many numbers. */
function sumsOfBlocks(builder: GraphBuilder, x: OnnxValue, axis: number, block: number): OnnxValue {
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const blocks = (x.shape[axis] as number) / block;
  if (axis > 0 || after.length === 0) {
    const split = builder.reshape(x, [...before, blocks, block, ...after]);
    return builder.reduce('ReduceSum', split, [axis + 1], false);
  }
  // Of a matrix's rows those that stand `blocks` apart are a block: long rows are added to each other faster.
  const rows = builder.reshape(x, [block, after.some((size) => size < 0) ? -1 : blocks * sizeOf(after)]);
  return builder.reshape(builder.reduce('ReduceSum', rows, [0], false), [blocks, ...after]);
}

function blockOf(size: number): number {
  for (let block = MOST_IN_BLOCK; block >= FEWEST_IN_BLOCK; block--) if (size % block === 0) return block;
  return MOST_IN_BLOCK;
}
