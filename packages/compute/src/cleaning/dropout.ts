// tf.dropout draws uniform numbers u and keeps where ⌊u + p⌋ is 1. That is a draw from a Bernoulli distribution, which
// a quarter of the bytes can hold; the draws differ, their distribution does not.
import type { KernelGraph, KernelNode, RandomNode, ValueId } from '../graph/kernel-graph.js';
import { type Rewriter, rewriteGraph } from './rewrite.js';

/** The graph in which ⌊u + p⌋, of a uniform draw u in [0, 1) that nothing else reads, is a Bernoulli draw. */
export function drawDropoutDirectly(graph: KernelGraph): KernelGraph {
  return rewriteGraph(graph, () => (node, rewriter) => {
    if (node.op !== 'kernel' || node.kernel !== 'Floor') return node;
    const mask = maskOf(node.inputs['x'] as ValueId, rewriter);
    if (mask === null) return node;
    const distribution = { kind: 'bernoulli', probability: mask.probability } as const;
    return [rewriter.addRandom(rewriter.spec(node.outputs[0] as ValueId), { ...mask.draw, distribution })];
  });
}

/** u and p of a value u + p; `null` if it is not such a sum. */
function maskOf(
  sum: ValueId,
  rewriter: Rewriter,
): { readonly draw: RandomNode; readonly probability: number } | null {
  const add = rewriter.maker(sum);
  if (add?.op !== 'kernel' || add.kernel !== 'Add' || rewriter.uses(sum) !== 1) return null;
  const { a, b } = add.inputs as KernelNode['inputs'] & { a: ValueId; b: ValueId };
  const draw = rewriter.maker(a);
  if (draw?.op !== 'random' || draw.distribution.kind !== 'uniform' || rewriter.uses(a) !== 1) return null;
  if (draw.distribution.low !== 0 || draw.distribution.high !== 1) return null;
  const probability = rewriter.uniformValue(b);
  return probability !== undefined && probability > 0 && probability < 1 ? { draw, probability } : null;
}
