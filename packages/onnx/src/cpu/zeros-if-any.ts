// Pass: zeros that are written over some rows of a product, such as those of a convolution's empty patches, are written
// only if there is a row to write: without one, which is the rule, the product need not be copied for it. Only a model
// for this machine branches; what other passes read is a straight line.
import { attribute } from '../builder/graph-builder.js';
import type { Pass, RewriteContext } from '../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../model/onnx-model.js';

export const zerosIfAny: Pass = {
  name: 'zeros-if-any',
  rewrite(node, context) {
    const found =
      node.op === 'ScatterND' && !node.attributes['reduction'] ? writesZeros(node, context) : null;
    if (!found) return null;
    const { builder } = context;
    const { product, rows, shape } = found;
    const count = builder.reduce('ReduceSum', builder.cast(rows, 'float32'), [0], false);
    const isAny = builder.compare('Greater', count, builder.scalarLike(count, 0));
    const written = builder.subgraph();
    const places = written.emitOne('NonZero', [rows], { dtype: 'int64', shape: [1, -1] });
    const positions = written.emitOne('Reshape', [places, written.ints([-1, 1])], {
      dtype: 'int64',
      shape: [-1, 1],
    });
    const length = written.emitOne('Shape', [positions], { dtype: 'int64', shape: [2] });
    const size = written.concat([written.slice(length, [0], [0], [1]), written.ints(shape.slice(1))], 0);
    const zeros = written.emitOne('Expand', [written.filled('float32', 0), size], {
      dtype: 'float32',
      shape: [-1, ...shape.slice(1)],
    });
    const before = written.emitOne('MatMul', product.inputs, product.outputs[0] as OnnxValue);
    const after = written.emitOne('ScatterND', [written.reshape(before, shape), positions, zeros], {
      dtype: 'float32',
      shape,
    });
    const exact = written.reshape(after, before.shape);
    const plain = builder.subgraph();
    const untouched = plain.emitOne('MatMul', product.inputs, product.outputs[0] as OnnxValue);
    const either = builder.emitOne('If', [isAny], before, {
      then_branch: attribute.graph(written.finish('written', [], [exact])),
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
