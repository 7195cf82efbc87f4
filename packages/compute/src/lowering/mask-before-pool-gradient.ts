// Pass over kernel graphs: the gradient through relu and then max pooling. tf.js spreads dy over the windows and then
// masks the whole field where the relu's input was not positive; the windows' maxima say the same, and
// are fewer: MaxPoolGrad(dy) · step(input) = MaxPoolGrad(dy · step(maximum)).
import type { GraphNode, KernelGraph, KernelNode, ValueId, ValueSpec } from '../graph/kernel-graph.js';

export function maskBeforePoolGradient(graph: KernelGraph): KernelGraph {
  const makers = new Map<ValueId, KernelNode>();
  const values: ValueSpec[] = [...graph.values];
  const nodes = graph.nodes.flatMap((node): readonly GraphNode[] => {
    if (node.op !== 'kernel') return [node];
    for (const id of node.outputs) makers.set(id, node);
    const pool = maskedPoolGradient(node, makers);
    if (!pool) return [node];
    const spec = values[pool.inputs['dy'] as ValueId] as ValueSpec;
    const mask = values.push(spec) - 1;
    const masked = values.push(spec) - 1;
    return [
      kernel('Step', { x: pool.inputs['output'] as ValueId }, { alpha: 0 }, mask),
      kernel('Multiply', { a: pool.inputs['dy'] as ValueId, b: mask }, {}, masked),
      { ...pool, inputs: { ...pool.inputs, dy: masked }, outputs: node.outputs },
    ];
  });
  return { ...graph, values, nodes };
}

function kernel(
  name: KernelNode['kernel'],
  inputs: KernelNode['inputs'],
  attributes: KernelNode['attributes'],
  output: ValueId,
): KernelNode {
  return { op: 'kernel', kernel: name, inputs, attributes, outputs: [output] };
}

/** The MaxPoolGrad of MaxPoolGrad(…, relu(x), …) · step(x). */
function maskedPoolGradient(node: KernelNode, makers: ReadonlyMap<ValueId, KernelNode>): KernelNode | null {
  if (node.kernel !== 'Multiply') return null;
  const [a, b] = [node.inputs['a'], node.inputs['b']].map((id) => makers.get(id as ValueId));
  const pool = a?.kernel === 'MaxPoolGrad' ? a : b?.kernel === 'MaxPoolGrad' ? b : null;
  const step = pool === a ? b : a;
  if (!pool || step?.kernel !== 'Step' || step.attributes['alpha'] !== 0) return null;
  const relu = makers.get(pool.inputs['input'] as ValueId);
  return relu?.kernel === 'Relu' && relu.inputs['x'] === step.inputs['x'] ? pool : null;
}
