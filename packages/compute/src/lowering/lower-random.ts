// Lowering of random numbers: an input of the model, made from the seed of the call (graph/feeds/bind-feeds.ts);
// within a reduction an input with a part for each step.

import type { GraphBuilder, OnnxValue } from '@starling/onnx';
import type { RandomNode, ValueSpec } from '../graph/kernel-graph.js';
import type { LoweringContext } from './lowering-context.js';

export function lowerRandom(
  node: RandomNode,
  spec: ValueSpec,
  builder: GraphBuilder,
  context: LoweringContext,
): OnnxValue {
  const draw = context.nextDraw();
  const dtype = node.distribution.kind === 'bernoulli' ? 'uint8' : 'float32';
  const value = builder.value('random', { dtype, shape: spec.shape });
  const stepped = context.random?.(value);
  const input = stepped?.all ?? value;
  context.feed(
    {
      kind: 'random',
      name: input.name,
      reduce: null,
      draw,
      shape: spec.shape,
      distribution: node.distribution,
    },
    input,
  );
  return builder.cast(stepped ? stepped.now() : value, 'float32');
}
