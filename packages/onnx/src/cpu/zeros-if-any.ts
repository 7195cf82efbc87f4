// Pass: zeros that are written over some rows of a product, such as those of a convolution's empty patches, are written
// only if there may be such a row: without one, which is the rule, the product is not copied for it, and of patches a
// ninth of the pixels is looked at. Only a model for this machine branches; what other passes read is a straight line.
import { attribute } from '../builder/graph-builder.js';
import type { Pass, RewriteContext } from '../builder/rewrite-graph.js';
import { emptyPatches, isAny, magnitudesOf, maybeEmpty, withZeroRows } from '../convolution/empty-patches.js';
import type { OnnxNode, OnnxValue } from '../model/onnx-model.js';

export const zerosIfAny: Pass = {
  name: 'zeros-if-any',
  rewrite(node, context) {
    const { builder } = context;
    const found =
      node.op === 'ScatterND' && !node.attributes['reduction'] ? writesZeros(node, context) : null;
    if (!found) return null;
    const { product, rows, shape } = found;
    const result = product.outputs[0] as OnnxValue;
    const magnitudes = magnitudesOf(rows, context);
    const written = builder.subgraph();
    const values = written.reshape(written.emitOne('MatMul', product.inputs, result), shape);
    const exact = withZeroRows(written, values, magnitudes ? emptyPatches(written, magnitudes) : rows);
    const plain = builder.subgraph();
    const untouched = plain.emitOne('MatMul', product.inputs, result);
    const condition = magnitudes ? maybeEmpty(builder, magnitudes) : isAny(builder, rows);
    const either = builder.emitOne('If', [condition], result, {
      then_branch: attribute.graph(written.finish('written', [], [written.reshape(exact, result.shape)])),
      else_branch: attribute.graph(plain.finish('untouched', [], [untouched])),
    });
    return builder.reshape(either, shape);
  },
};

interface Zeros {
  /** What they are written over. */
  readonly product: OnnxNode;
  /** bool [rows]: where. */
  readonly rows: OnnxValue;
  /** [rows, …]: the product as it is written to. */
  readonly shape: readonly number[];
}

function writesZeros(node: OnnxNode, { producer, producedBy, uniform, uses }: RewriteContext): Zeros | null {
  const [target, places, zeros] = node.inputs as readonly [OnnxValue, OnnxValue, OnnxValue];
  const source = producedBy('Reshape', target)?.inputs[0];
  const product = producedBy('MatMul', source);
  const rows = producedBy('NonZero', producedBy('Reshape', places)?.inputs[0])?.inputs[0];
  const isZero = uniform(producedBy('Expand', zeros)?.inputs[0]) === 0;
  if (!product || !rows || !isZero || rows.shape.length !== 1 || !producer(rows)) return null;
  if (target.dtype !== 'float32' || uses(target) !== 1 || uses(source as OnnxValue) !== 1) return null;
  return { product, rows, shape: target.shape };
}
