// Pass over kernel graphs: bias, relu and then max pooling, and the gradient through them. A bias is added, and a relu
// taken, of the maxima rather than of all elements: a quarter of them. tf.js spreads dy over the windows and then masks
// the whole field where the relu's input was not positive; the windows' maxima say the same: MaxPoolGrad(dy) ·
// step(input) = MaxPoolGrad(dy · step(maximum)), and where a maximum is positive, it is where the relu's input, with or
// without bias, has its own.
import type { GraphNode, KernelGraph, KernelNode, ValueId, ValueSpec } from '../graph/kernel-graph.js';

export function maskBeforePoolGradient(graph: KernelGraph): KernelGraph {
  const makers = new Map<ValueId, KernelNode>();
  /** By the maxima of relus: the field that the relu and the bias before it were taken of, and its maxima. */
  const maxima = new Map<ValueId, { readonly field: ValueId; readonly maximum: ValueId }>();
  /** By the gradients of fields: the masked dy that is spread there. */
  const spread = new Map<ValueId, ValueId>();
  const values: ValueSpec[] = [...graph.values];
  const like = (id: ValueId): ValueId => values.push(values[id] as ValueSpec) - 1;
  const nodes = graph.nodes.flatMap((node): readonly GraphNode[] => {
    if (node.op !== 'kernel') return [node];
    for (const id of node.outputs) makers.set(id, node);
    const relu = node.kernel === 'MaxPool' ? makers.get(node.inputs['x'] as ValueId) : undefined;
    if (relu?.kernel === 'Relu') {
      const [pooled] = node.outputs as readonly [ValueId];
      const { field, bias } = unbiased(relu.inputs['x'] as ValueId, makers, values);
      const [maximum, biased] = [like(pooled), like(pooled)];
      maxima.set(pooled, { field, maximum });
      const pool = { ...node, inputs: { x: field }, outputs: [maximum] };
      if (bias === null) return [pool, kernel('Relu', { x: maximum }, {}, pooled)];
      const add = kernel('Add', { a: maximum, b: bias }, {}, biased);
      return [pool, add, kernel('Relu', { x: biased }, {}, pooled)];
    }
    const summed = isSumOverPixels(node) ? spread.get(node.inputs['x'] as ValueId) : undefined;
    if (summed !== undefined) return [{ ...node, inputs: { x: summed } }];
    const pool = maskedPoolGradient(node, makers);
    const output = pool?.inputs['output'] as ValueId;
    const plain = maxima.get(output);
    if (!pool || !plain) return [node];
    const dy = pool.inputs['dy'] as ValueId;
    const [mask, masked] = [like(dy), like(dy)];
    spread.set(node.outputs[0] as ValueId, masked);
    return [
      kernel('Step', { x: output }, { alpha: 0 }, mask),
      kernel('Multiply', { a: dy, b: mask }, {}, masked),
      {
        ...pool,
        inputs: { dy: masked, input: plain.field, output: plain.maximum },
        outputs: node.outputs,
      },
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

/** Over all but the channels of [N, H, W, C]. */
function isSumOverPixels({ kernel, attributes }: KernelNode): boolean {
  return kernel === 'Sum' && `${attributes['axis']}` === '0,1,2' && attributes['keepDims'] === false;
}

/** A field before a vector over channels was added to it. */
function unbiased(
  id: ValueId,
  makers: ReadonlyMap<ValueId, KernelNode>,
  values: readonly ValueSpec[],
): { readonly field: ValueId; readonly bias: ValueId | null } {
  const add = makers.get(id);
  if (add?.kernel !== 'Add') return { field: id, bias: null };
  const [a, b] = [add.inputs['a'] as ValueId, add.inputs['b'] as ValueId];
  // A vector may also widen a field of one channel, whose maxima would then be too few.
  const isBias = values[b]?.shape.length === 1 && `${values[a]?.shape}` === `${values[id]?.shape}`;
  return isBias ? { field: a, bias: b } : { field: id, bias: null };
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
