// States of a reduction to which a step does nothing but add what follows from its rows: sums, in which the order of
// steps says nothing. They are added up in float64 and rounded once, as the `onnx` engine does.
import type { KernelGraph, KernelNode, ReduceNode, ValueId } from '../../graph/kernel-graph.js';
import { nodeInputs, nodeOutputs } from '../../graph/walk.js';
import * as tf from '../../tensorflow/tf.js';

/** A reduction's body that gives, in place of the new totals, what a step adds to them. */
export interface SplitBody {
  readonly body: KernelGraph;
  /** Whether the state at each position is a total. */
  readonly isTotal: readonly boolean[];
}

/** `node`'s body with its totals apart. */
export function splitTotals({ body, initial, captures }: ReduceNode): SplitBody {
  const states = body.inputs.slice(0, initial.length);
  const rows = body.inputs.slice(initial.length, body.inputs.length - captures.length);
  const random = body.nodes.flatMap((node) => (node.op === 'random' ? [node.output] : []));
  const ofStates = reachedFrom(body, states);
  const ofRows = reachedFrom(body, [...rows, ...random]);
  const read = [...body.nodes.flatMap(nodeInputs), ...body.outputs];
  const readers = (id: ValueId): number => read.filter((one) => one === id).length;
  const added = states.map((state, index): ValueId | null => {
    const next = body.outputs[index] as ValueId;
    const add = body.nodes.find((node): node is KernelNode => nodeOutputs(node).includes(next));
    if (add?.op !== 'kernel' || add.kernel !== 'Add' || readers(state) !== 1 || readers(next) !== 1)
      return null;
    const other = nodeInputs(add).find((input) => input !== state) as ValueId;
    const [before, row] = [body.values[state], body.values[other]];
    const isSame = before?.dtype === 'float32' && `${before.shape}` === `${row?.shape}`;
    const isRow = nodeInputs(add).includes(state) && ofRows.has(other) && !ofStates.has(other);
    return isSame && isRow ? other : null;
  });
  const outputs = body.outputs.map((id, index) => added[index] ?? id);
  const dropped = new Set(body.outputs.filter((_, index) => added[index] !== null));
  const nodes = body.nodes.filter((node) => !nodeOutputs(node).some((id) => dropped.has(id)));
  return { body: { ...body, nodes, outputs }, isTotal: added.map((row) => row !== null) };
}

/** The values that follow from some, themselves included. */
function reachedFrom(body: KernelGraph, from: readonly ValueId[]): ReadonlySet<ValueId> {
  const reached = new Set(from);
  for (const node of body.nodes) {
    if (nodeInputs(node).some((id) => reached.has(id))) for (const id of nodeOutputs(node)) reached.add(id);
  }
  return reached;
}

/** A sum in float64 that begins with a tensor. */
export class Total {
  readonly #sums: Float64Array;
  readonly #shape: number[];

  constructor(initial: tf.Tensor) {
    this.#sums = Float64Array.from(initial.dataSync());
    this.#shape = initial.shape;
  }

  add(row: tf.Tensor): void {
    const numbers = row.dataSync();
    for (let index = 0; index < this.#sums.length; index++) {
      this.#sums[index] = (this.#sums[index] as number) + (numbers[index] as number);
    }
  }

  /** The sum, rounded once. */
  tensor(): tf.Tensor {
    return tf.tensor(Float32Array.from(this.#sums), this.#shape, 'float32');
  }
}
