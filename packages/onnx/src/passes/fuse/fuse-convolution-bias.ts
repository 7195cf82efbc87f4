// Pass: a value added to each channel of a convolution becomes its bias.

import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export const fuseConvolutionBias: Pass = {
  name: 'fuse-convolution-bias',
  rewrite(node, context) {
    if (node.op !== 'Add') return null;
    const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
    return fused(a, b, context) ?? fused(b, a, context);
  },
};

function fused(product: OnnxValue, bias: OnnxValue, context: RewriteContext): OnnxValue | null {
  const convolution = context.producedBy('Conv', product);
  if (!convolution || convolution.inputs[2] || context.uses(product) !== 1) return null;
  const channels = product.shape[1] as number;
  if (!isPerChannel(bias, product, channels)) return null;
  return context.builder.emitOne(
    'Conv',
    [...convolution.inputs.slice(0, 2), context.builder.reshape(bias, [channels])],
    convolution.outputs[0] as OnnxValue,
    (convolution as OnnxNode).attributes,
  );
}

/** Shape [1, C, 1, …] (leading ones may be missing): one number for each channel of [N, C, …]. */
function isPerChannel(bias: OnnxValue, product: OnnxValue, channels: number): boolean {
  const channelAxis = bias.shape.length - (product.shape.length - 1);
  if (channelAxis < 0) return false;
  return bias.shape.every((size, axis) => size === (axis === channelAxis ? channels : 1));
}
