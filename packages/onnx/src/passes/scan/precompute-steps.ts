// Pass: what depends on the step's row of indices, masks and labels alone, and not on the state, is computed for all
// steps at once before the Loop; the body only picks its row. A training step is then rid of a dozen small operators:
// one-hot labels, the mask's sum and quotient. Values stay the same; each has a leading axis of steps.
import { attribute, type GraphBuilder } from '../../builder/graph-builder.js';
import { isElementwiseBroadcasting, isElementwiseUnary } from '../../builder/operators.js';
import { permutationOf } from '../../builder/permutation.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import { type OnnxGraph, type OnnxNode, type OnnxValue, subgraphOf } from '../../model/onnx-model.js';

/** Larger values, such as batches of images, are left to their step: all at once they would fill the memory. */
const LARGEST_STEP_ELEMENTS = 4_096;

export const precomputeSteps: Pass = {
  name: 'precompute-steps',
  rewrite(node, context) {
    const body = node.op === 'Loop' ? subgraphOf(node) : null;
    if (!body) return null;
    const { builder } = context;
    const steps = new StepValues(body, context);
    const staying = body.nodes.filter((inner) => !steps.precompute(inner));
    if (staying.length === body.nodes.length) return null;
    const inner = builder.subgraph();
    const step = body.inputs[0] as OnnxValue;
    const rows = new Map<string, OnnxValue>();
    const rowOf = (value: OnnxValue): OnnxValue => {
      const all = steps.all(value);
      if (!all) return value;
      const row = rows.get(value.name) ?? inner.gather(all, step, 0);
      rows.set(value.name, row);
      return row;
    };
    const nodes = staying.map((stayed) => ({
      ...stayed,
      inputs: stayed.inputs.map((input) => (input ? rowOf(input) : null)),
    }));
    const outputs = body.outputs.map(rowOf);
    const picked = inner.finish(body.name, [], []).nodes;
    const trimmed: OnnxGraph = { ...body, nodes: [...picked, ...nodes], outputs };
    return builder.emit(node.op, node.inputs, node.outputs, { body: attribute.graph(trimmed) });
  },
};

/** The values of a body that are known for all steps. */
class StepValues {
  readonly #step: string;
  readonly #builder: GraphBuilder;
  readonly #context: RewriteContext;
  readonly #constants: ReadonlyMap<string, OnnxGraph['constants'][number]>;
  readonly #all = new Map<string, OnnxValue>();
  readonly #inner = new Set<string>();
  /** Read by name within bodies inside the body, such as those of scans: these stay where they are. */
  readonly #captured: ReadonlySet<string>;

  constructor(body: OnnxGraph, context: RewriteContext) {
    this.#step = (body.inputs[0] as OnnxValue).name;
    this.#builder = context.builder;
    this.#context = context;
    this.#constants = new Map(body.constants.map((constant) => [constant.value.name, constant]));
    this.#captured = new Set(body.nodes.flatMap((node) => namesReadWithin(subgraphOf(node))));
    for (const { name } of body.inputs) this.#inner.add(name);
    for (const node of body.nodes) for (const { name } of node.outputs) this.#inner.add(name);
  }

  /** The value at all steps: [steps, …its shape]. */
  all(value: OnnxValue): OnnxValue | undefined {
    return this.#all.get(value.name);
  }

  /** Emits a node for all steps before the Loop; `false` if it must stay in the body. */
  precompute(node: OnnxNode): boolean {
    const output = node.outputs[0] as OnnxValue;
    if (node.outputs.length !== 1 || node.attributes['body']) return false;
    if (this.#captured.has(output.name)) return false;
    if (output.shape.reduce((size, axis) => size * axis, 1) > LARGEST_STEP_ELEMENTS) return false;
    const all = this.#rows(node) ?? this.#forAll(node, output);
    if (!all) return false;
    this.#all.set(output.name, all);
    return true;
  }

  /** A row of an input: all its rows are that input. */
  #rows(node: OnnxNode): OnnxValue | null {
    const [table, index] = node.inputs;
    const axis = node.attributes['axis'];
    const isRow =
      node.op === 'Gather' && index?.name === this.#step && axis?.kind === 'int' && axis.value === 0;
    return isRow && table && !this.#inner.has(table.name) ? table : null;
  }

  #forAll(node: OnnxNode, output: OnnxValue): OnnxValue | null {
    const builder = this.#builder;
    const [first, second] = node.inputs;
    const x = first ? this.all(first) : undefined;
    const shape = [-1, ...output.shape];
    const described = { dtype: output.dtype, shape };
    if (isElementwiseUnary(node.op))
      return x ? builder.emitOne(node.op, [x], described, node.attributes) : null;
    if (isElementwiseBroadcasting(node.op)) {
      const operands = node.inputs.map((input) => (input ? this.#operand(input, output.shape.length) : null));
      const known = operands.every((operand, i) => operand !== null || node.inputs[i] === null);
      const stepped = node.inputs.some((input) => input && this.all(input));
      return known && stepped ? builder.emitOne(node.op, operands, described, node.attributes) : null;
    }
    switch (node.op) {
      case 'Gather': {
        const indices = second ? this.all(second) : undefined;
        const axis = node.attributes['axis'];
        const isPick = indices && first && axis?.kind === 'int' && axis.value === 0;
        const table = isPick && !this.all(first) && this.#operand(first, first.shape.length);
        return table ? builder.gather(table, indices, 0) : null;
      }
      case 'Reshape':
        return x && output.shape.every((size) => size > 0) ? builder.reshape(x, shape) : null;
      case 'Transpose':
        return x ? builder.transpose(x, [0, ...permutationOf(node).map((axis) => axis + 1)]) : null;
      case 'ReduceSum':
      case 'ReduceMax': {
        const axes = second && (this.#constants.get(second.name)?.tensor ?? this.#context.constant(second));
        // No axes mean all of them; here that would be the steps, too.
        if (!x || !axes || axes.data.length === 0) return null;
        const moved = Array.from(axes.data as BigInt64Array, (axis) => Number(axis) + 1);
        return builder.emitOne(node.op, [x, builder.ints(moved)], described, node.attributes);
      }
      default:
        return null;
    }
  }

  /** An operand of an operator that broadcasts, its own axes aligned to the end. */
  #operand(input: OnnxValue, rank: number): OnnxValue | null {
    const all = this.all(input);
    if (all) {
      const missing = rank - input.shape.length;
      if (missing === 0) return all;
      return this.#builder.reshape(all, [-1, ...Array<number>(missing).fill(1), ...input.shape]);
    }
    const constant = this.#constants.get(input.name);
    if (constant) return this.#builder.constant(constant.tensor);
    return this.#inner.has(input.name) ? null : input;
  }
}

/** The names that the nodes and outputs of a graph read, and those of the graphs inside it. */
function namesReadWithin(graph: OnnxGraph | null | undefined): readonly string[] {
  if (!graph) return [];
  const read = graph.nodes.flatMap((node) => [
    ...node.inputs.flatMap((input) => (input ? [input.name] : [])),
    ...namesReadWithin(subgraphOf(node)),
  ]);
  return [...read, ...graph.outputs.map(({ name }) => name)];
}
