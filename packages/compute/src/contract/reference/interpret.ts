// Runs a kernel graph on the float64 reference, kernel by kernel: the third opinion on what a graph means. Results are
// rounded to float32 after each kernel, or left in float64 if a whole program is the question.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { KernelGraph, ValueId } from '../../graph/kernel-graph.js';
import type { Kernel } from '../../graph/kernels.js';
import { ACCURACY } from './accuracy.js';
import { references } from './index.js';
import type { Outcome, ReferenceCall, Values } from './values.js';

/**
 * How results are rounded that other kernels read: to float32, to float32 with 0 for what is below the normal numbers,
 * not at all, or moved by a last place either way unless they are exact, as an engine may round that computes the same
 * in another order.
 */
export type Rounding = 'each kernel' | 'to normal numbers' | 'none' | { readonly jitter: number };

/** The smallest normal float32. Processors may take numbers below it for 0. */
export const LEAST_NORMAL = 2 ** -126;

/** The outputs of a graph of kernels alone. Throws a `RangeError` for datasets, recurrences and draws. */
export function interpret(
  graph: KernelGraph,
  argument: readonly Tensor[],
  rounding: Rounding,
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
      const isRounded = dtype === 'float32' && !graph.outputs.includes(id);
      const data = isRounded ? roundedFor(rounding, outcome.data, node.kernel, id) : outcome.data;
      values.set(id, { ...outcome, dtype, shape, data });
    }
  }
  return graph.outputs.map(read);
}

/** The data of a result as a later kernel reads it. */
function roundedFor(rounding: Rounding, data: Float64Array, kernel: Kernel, id: ValueId): Float64Array {
  if (rounding === 'none') return data;
  if (rounding === 'each kernel') return data.map(Math.fround);
  if (rounding === 'to normal numbers') {
    return data.map((value) => (Math.abs(value) < LEAST_NORMAL ? value * 0 : Math.fround(value)));
  }
  if (ACCURACY[kernel].ulps === 0) return data;
  return data.map((value, index) => value * (1 + signOf(rounding.jitter, id, index) * 2 ** -23));
}

/** 1 or −1 in no order, the same at each call. */
function signOf(...numbers: readonly number[]): number {
  const mixed = numbers.reduce((hash, number) => Math.imul(hash ^ number, 0x9e3779b1) ^ (hash >>> 15), 7);
  return (mixed >>> 16) % 2 === 0 ? 1 : -1;
}

function fromTensor({ dtype, shape, data }: Tensor): Values {
  return { dtype: dtype as Values['dtype'], shape, data: Float64Array.from(data as Float32Array) };
}
