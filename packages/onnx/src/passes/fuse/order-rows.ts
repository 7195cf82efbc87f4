// Pass: the rows of a matrix may stand in any order before a constant multiplies it, if the constant's columns stand
// so, too. What is laid between each other for such a product, as the parts of windows that max pooling sends gradients
// to, is then laid one after another: one copy of long runs instead of three of short ones.
import { type Tensor, tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const orderRows: Pass = {
  name: 'order-rows',
  rewrite: (node, context) => (node.op === 'MatMul' ? ordered(node, context) : null),
};

/** A row of a matrix, as it stands in the value that it was copied from. */
interface Row {
  readonly source: OnnxValue;
  readonly index: number;
}

function ordered(node: OnnxNode, context: RewriteContext): OnnxValue | null {
  const { builder } = context;
  const [left, right] = node.inputs as readonly [OnnxValue, OnnxValue];
  const matrix = context.constant(left);
  const width = right.shape[1] ?? 0;
  if (matrix?.dtype !== 'float32' || left.shape.length !== 2 || right.shape.length !== 2) return null;
  const rows = rowsOf(right, width, context);
  const sources = [...new Set(rows.map(({ source }) => source))];
  const starts = new Map<OnnxValue, number>();
  let start = 0;
  for (const source of sources) {
    starts.set(source, start);
    start += rowCount(source, width);
  }
  const places = rows.map(({ source, index }) => (starts.get(source) as number) + index);
  // Rows that stand twice would need a constant of another shape.
  if (start !== rows.length || places.every((place, row) => place === row)) return null;
  const parts = sources.map((source) => builder.reshape(source, [rowCount(source, width), width]));
  return builder.matMul(builder.constant(withColumns(matrix, places)), builder.concat(parts, 0));
}

const rowCount = ({ shape }: OnnxValue, width: number): number => sizeOf(shape) / width;

/**
 * The rows of a value of known size, seen through reshapes, and through concatenations of whole rows that nothing else
 * reads.
 */
function rowsOf(value: OnnxValue, width: number, context: RewriteContext): readonly Row[] {
  const producer = context.uses(value) === 1 ? context.producer(value) : undefined;
  const isKnown = producer?.inputs.every((input) => input?.shape.every((size) => size > 0));
  const node = isKnown ? producer : undefined;
  if (node?.op === 'Reshape') return rowsOf(node.inputs[0] as OnnxValue, width, context);
  const axis = node?.attributes['axis'];
  if (node?.op === 'Concat' && axis?.kind === 'int') {
    const parts = node.inputs as readonly OnnxValue[];
    const counts = parts.map(({ shape }) => sizeOf(shape.slice(axis.value)) / width);
    if (counts.every(Number.isInteger)) {
      const rows = parts.map((part) => rowsOf(part, width, context));
      const turns = sizeOf(value.shape.slice(0, axis.value));
      return Array.from({ length: turns }, (_, turn) =>
        rows.flatMap((own, part) => {
          const count = counts[part] as number;
          return own.slice(turn * count, (turn + 1) * count);
        }),
      ).flat();
    }
  }
  return Array.from({ length: rowCount(value, width) }, (_, index) => ({ source: value, index }));
}

/** The matrix with each column moved to its place. */
function withColumns({ shape, data }: Tensor, places: readonly number[]): Tensor {
  const columns = places.length;
  const moved = new Float32Array(data.length);
  for (const [index, element] of (data as Float32Array).entries()) {
    moved[index - (index % columns) + (places[index % columns] as number)] = element;
  }
  return tensor('float32', shape, moved);
}
