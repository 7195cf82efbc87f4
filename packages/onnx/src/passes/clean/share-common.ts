// Pass: computes equal nodes once (common subexpressions). Equal are nodes of one operator with the same inputs and
// attributes; random numbers are inputs, so nothing drawn is shared.
import type { GraphBuilder } from '../../builder/graph-builder.js';
import type { Pass } from '../../builder/rewrite-graph.js';
import type { OnnxNode, OnnxValue } from '../../model/onnx-model.js';

export function shareCommon(): Pass {
  const seen = new WeakMap<GraphBuilder, Map<string, readonly OnnxValue[]>>();
  return {
    name: 'share-common',
    rewrite(node, { builder }) {
      if (node.attributes['body']) return null;
      const known = seen.get(builder) ?? new Map<string, readonly OnnxValue[]>();
      seen.set(builder, known);
      const key = keyOf(node);
      const earlier = known.get(key);
      if (earlier) return earlier;
      const values = builder.emit(node.op, node.inputs, node.outputs, node.attributes, node.domain);
      known.set(key, values);
      return values;
    },
  };
}

function keyOf(node: OnnxNode): string {
  const attributes = Object.entries(node.attributes).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    node.domain ?? '',
    node.op,
    node.inputs.map((input) => input?.name ?? ''),
    attributes,
  ]);
}
