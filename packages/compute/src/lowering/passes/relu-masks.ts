// Pass: the gradient of relu asks where its input was positive; that is where its output is positive. Asking the
// output lets the input be forgotten, and a convolution and its relu be one operator. The mask then chooses between
// the gradient and zero in one step.
import type { OnnxNode, OnnxValue } from '../onnx-model.js';
import type { Pass, RewriteContext } from '../rewrite-graph.js';

export function reluMasks(): Pass {
  /** By the name of a relu's input: its output. */
  const relus = new Map<string, OnnxValue>();
  return {
    name: 'relu-masks',
    rewrite(node, context) {
      const { builder, uniform } = context;
      const [x, y] = node.inputs as readonly [OnnxValue, OnnxValue];
      if (node.op === 'Relu') {
        const output = builder.unary('Relu', x);
        relus.set(x.name, output);
        return output;
      }
      if (node.op === 'Greater' && uniform(y) === 0) {
        const output = relus.get(x.name);
        return output ? builder.compare('Greater', output, y) : null;
      }
      return node.op === 'Mul' ? (chosen(node, x, y, context) ?? chosen(node, y, x, context)) : null;
    },
  };
}

/** gradient · float(condition) as Where(condition, gradient, 0). */
function chosen(
  node: OnnxNode,
  gradient: OnnxValue,
  mask: OnnxValue,
  { builder, producedBy, uses }: RewriteContext,
): OnnxValue | null {
  // A mask that others read too is there anyway.
  if (uses(mask) !== 1) return null;
  const condition = producedBy('Cast', mask)?.inputs[0];
  if (condition?.dtype !== 'bool' || node.outputs[0]?.dtype !== 'float32') return null;
  return builder.where(condition, gradient, builder.scalarLike(gradient, 0));
}
