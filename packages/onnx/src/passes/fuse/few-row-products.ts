// Pass: a product of a few rows with a large matrix that stays the same from step to step, as in a recurrent layer.
// Before it multiplies, a matrix library lays the right-hand matrix out in blocks, at each step anew; from the
// transposed matrix it does so in half the time, and that is made once, before the steps.
import { attribute } from '../../builder/graph-builder.js';
import type { Pass } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

/** From here on the blocks pay for themselves. */
export const MOST_ROWS = 8;
/** Smaller matrices are laid out within a few microseconds. */
export const FEWEST_ELEMENTS = 16_384;

export const fewRowProducts: Pass = {
  name: 'few-row-products',
  rewrite(node, { builder, isLocal }) {
    if (node.op !== 'MatMul' && !(node.op === 'Gemm' && isUntransposed(node))) return null;
    const [x, w, ...rest] = node.inputs as readonly [OnnxValue, OnnxValue, ...OnnxValue[]];
    if (isLocal(w) || !isFewRows(x, w)) return null;
    return builder.emitOne('Gemm', [x, builder.transpose(w, [1, 0]), ...rest], node.outputs[0] as OnnxValue, {
      ...node.attributes,
      transB: attribute.int(1),
    });
  },
};

function isFewRows(x: OnnxValue, w: OnnxValue): boolean {
  if (x.dtype !== 'float32' || x.shape.length !== 2 || w.shape.length !== 2) return false;
  const [k, n] = w.shape as readonly [number, number];
  return (x.shape[0] as number) <= MOST_ROWS && k * n >= FEWEST_ELEMENTS;
}

const isUntransposed = (node: OnnxNode): boolean => !node.attributes['transA'] && !node.attributes['transB'];
