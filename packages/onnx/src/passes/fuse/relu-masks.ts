// Pass: the gradient of relu asks where its input was positive; that is where its output is positive. Asking the
// output lets the input be forgotten, and a convolution and its relu be one operator.

import type { Pass } from '../../builder/rewrite-graph.js';
import type { OnnxValue } from '../../model/onnx-model.js';

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
      return null;
    },
  };
}
