// Runs a kernel graph on the float64 reference, kernel by kernel: the third opinion on what a graph means. Results are
// rounded to their element type after each kernel, or left in float64 where a whole program is the question.
import { sizeOf, type Tensor } from '@starling/federated-core';
import type { KernelGraph, ValueId } from '../../graph/kernel-graph.js';
import { references } from './index.js';
import type { Outcome, ReferenceCall, Values } from './values.js';

/** The outputs of a graph of kernels alone. Throws a `RangeError` for datasets, recurrences and draws. */
export function interpret(
  graph: KernelGraph,
  argument: readonly Tensor[],
  rounding: 'each kernel' | 'none',
): readonly Values[] {
  const values = new Map<ValueId, Values>();
  const read = (id: ValueId): Values => values.get(id) as Values;
  for (const [index, id] of graph.inputs.entries()) values.set(id, fromTensor(argument[index] as Tensor));
  for (const { value, tensor } of graph.constants) values.set(value, fromTensor(tensor));
  for (const node of graph.nodes) {
    if (node.op !== 'kernel')
      throw new RangeError(`Cannot interpret a graph: nodes must be kernels, got ${node.op}`);
    const specs = node.outputs.map((id) => graph.values[id] as Values);
    const inputs = Object.entries(node.inputs).map(([name, ids]) => [
      name,
      typeof ids === 'number' ? read(ids) : ids.map(read),
    ]);
    const call: ReferenceCall = {
      inputs: Object.fromEntries(inputs),
      attributes: node.attributes,
      outputs: specs,
    };
    const outcomes = references[node.kernel](call);
    for (const [index, id] of node.outputs.entries()) {
      const { dtype, shape } = specs[index] as Values;
      const outcome = outcomes[index] as Outcome;
      if (outcome.data.length !== sizeOf(shape)) {
        throw new RangeError(
          `Cannot interpret ${node.kernel}: it must give ${sizeOf(shape)} elements, got ${outcome.data.length}`,
        );
      }
      const rounds = rounding === 'each kernel' && dtype === 'float32' && !graph.outputs.includes(id);
      values.set(id, {
        ...outcome,
        dtype,
        shape,
        data: rounds ? outcome.data.map(Math.fround) : outcome.data,
      });
    }
  }
  return graph.outputs.map(read);
}

function fromTensor({ dtype, shape, data }: Tensor): Values {
  return { dtype: dtype as Values['dtype'], shape, data: Float64Array.from(data as Float32Array) };
}
