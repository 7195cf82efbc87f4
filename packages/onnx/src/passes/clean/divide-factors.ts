// Pass: divisions by v, which is 1 or 0 as a cast of bools is, move to what they are computed from sooner: (x / v) · m
// becomes x · (m / v), and (m / c) / v becomes (m / v) / c. All are the same to the last bit: a division by 1 changes
// nothing, and one by 0 leaves no finite number either way. Losses that are checked for their labels are such
// quotients, and m the mask of a batch: m / v depends on the data alone, so that it is computed once, before the Loop.

import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

type Operands = readonly [OnnxValue, OnnxValue];

export const divideFactors: Pass = {
  name: 'divide-factors',
  rewrite(node, context) {
    const [left, right] = node.inputs as Operands;
    if (node.op === 'Mul') {
      return fromFactor(left, right, node, context) ?? fromFactor(right, left, node, context);
    }
    return node.op === 'Div' ? fromDividend(left, right, node, context) : null;
  },
};

/** (x / v) · m → x · (m / v). */
function fromFactor(
  quotient: OnnxValue,
  m: OnnxValue,
  node: OnnxNode,
  { builder, producedBy, producer, uses }: RewriteContext,
): OnnxValue | null {
  const division = producedBy('Div', quotient);
  if (!division || uses(quotient) !== 1) return null;
  const [x, v] = division.inputs as Operands;
  if (!isOneOrZero(producer(v)) || !haveShapeOf(node, x, v, m)) return null;
  return builder.binary('Mul', x, builder.binary('Div', m, v));
}

/** (m / c) / v → (m / v) / c. */
function fromDividend(
  quotient: OnnxValue,
  v: OnnxValue,
  node: OnnxNode,
  { builder, producedBy, producer, uses }: RewriteContext,
): OnnxValue | null {
  const division = producedBy('Div', quotient);
  if (!division || uses(quotient) !== 1) return null;
  const [m, c] = division.inputs as Operands;
  if (!isOneOrZero(producer(v)) || isOneOrZero(producer(c)) || !haveShapeOf(node, m, v)) return null;
  return builder.binary('Div', builder.binary('Div', m, v), c);
}

const isOneOrZero = (node: OnnxNode | undefined): boolean =>
  node?.op === 'Cast' && node.inputs[0]?.dtype === 'bool' && node.outputs[0]?.dtype === 'float32';

/** Whether the values are of the shape of the node's result: nothing is broadcast between them. */
const haveShapeOf = (node: OnnxNode, ...values: readonly OnnxValue[]): boolean =>
  values.every(({ shape }) => `${shape}` === `${node.outputs[0]?.shape}`);
