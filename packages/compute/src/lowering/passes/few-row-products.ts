// Pass: a product of a few rows with a large matrix that stays the same from step to step, as in a recurrent layer.
// A matrix library first copies the right-hand matrix into blocks, at each step anew; of the left-hand one it does not.
// So x W is computed as (Wᵀ xᵀ)ᵀ, with Wᵀ made once before the steps: half the time for 4 rows of 256 × 1024.
import { attribute, type GraphBuilder } from '../graph-builder.js';
import type { OnnxNode, OnnxValue } from '../onnx-model.js';
import type { Pass } from '../rewrite-graph.js';

/** From here on the copy pays for itself. */
const MOST_ROWS = 8;
/** Smaller matrices are copied within a few microseconds. */
const FEWEST_ELEMENTS = 16_384;

export const fewRowProducts: Pass = {
  name: 'few-row-products',
  rewrite(node, { builder, isLocal }) {
    if (node.op !== 'MatMul' && !(node.op === 'Gemm' && isPlain(node))) return null;
    const [x, w, c] = node.inputs as readonly [OnnxValue, OnnxValue, OnnxValue | undefined];
    if (isLocal(w) || !isFewRows(x, w)) return null;
    const product = swapped(builder, x, w);
    return c ? builder.binary('Add', product, c) : product;
  },
};

function isFewRows(x: OnnxValue, w: OnnxValue): boolean {
  if (x.dtype !== 'float32' || x.shape.length !== 2 || w.shape.length !== 2) return false;
  const [k, n] = w.shape as readonly [number, number];
  return (x.shape[0] as number) <= MOST_ROWS && k * n >= FEWEST_ELEMENTS;
}

/** A B + C without factors or transposes. */
function isPlain(node: OnnxNode): boolean {
  const isOne = (name: string): boolean => {
    const factor = node.attributes[name];
    return factor === undefined || (factor.kind === 'float' && factor.value === 1);
  };
  return isOne('alpha') && isOne('beta') && !node.attributes['transA'] && !node.attributes['transB'];
}

function swapped(builder: GraphBuilder, x: OnnxValue, w: OnnxValue): OnnxValue {
  const shape = [w.shape[1] as number, x.shape[0] as number];
  const turned = builder.emitOne(
    'Gemm',
    [builder.transpose(w, [1, 0]), x],
    { dtype: 'float32', shape },
    { transB: attribute.int(1) },
  );
  return builder.transpose(turned, [1, 0]);
}
