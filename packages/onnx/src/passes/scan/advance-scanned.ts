// Pass: what a Scan's step makes of its slices and of values from outside alone, no state entering, is computed before
// the walk for all steps at once. Products and sums are regrouped for it: (x · s) · t becomes x · (s · t) where s and t
// are slices, as in the gradient of a recurrent layer's gates.
import { attribute, type GraphBuilder } from '../../builder/graph-builder.js';
import { isElementwiseBroadcasting, isElementwiseUnary } from '../../builder/operators.js';
import { type Pass, type RewriteContext, removeDeadNodes } from '../../builder/rewrite-graph.js';
import { type OnnxGraph, type OnnxNode, type OnnxValue, subgraphOf } from '../../model/onnx-model.js';

export const advanceScanned: Pass = {
  name: 'advance-scanned',
  rewrite(node, context) {
    const body = node.op === 'Scan' ? subgraphOf(node) : null;
    return body ? new Walk(node, body, context).advanced() : null;
  },
};

class Walk {
  readonly #node: OnnxNode;
  readonly #body: OnnxGraph;
  readonly #builder: GraphBuilder;
  readonly #carried: number;
  readonly #steps: number;
  /** By the name of a slice: its sequence, [steps, …]. */
  readonly #sequences = new Map<string, OnnxValue>();
  readonly #constants: ReadonlyMap<string, OnnxGraph['constants'][number]>;
  readonly #inner = new Set<string>();
  readonly #uses = new Map<string, number>();
  readonly #renamed = new Map<string, OnnxValue>();
  readonly #makers = new Map<string, OnnxNode>();
  readonly #added: OnnxValue[] = [];

  constructor(node: OnnxNode, body: OnnxGraph, { builder }: RewriteContext) {
    this.#node = node;
    this.#body = body;
    this.#builder = builder;
    const count = node.attributes['num_scan_inputs'];
    this.#carried = node.inputs.length - (count?.kind === 'int' ? count.value : 0);
    this.#steps = node.inputs[this.#carried]?.shape[0] ?? 0;
    this.#constants = new Map(body.constants.map((constant) => [constant.value.name, constant]));
    body.inputs.forEach((input, index) => {
      this.#inner.add(input.name);
      const sequence = node.inputs[index];
      if (index >= this.#carried && sequence) this.#sequences.set(input.name, sequence);
    });
    for (const inner of body.nodes) {
      for (const { name } of inner.outputs) this.#inner.add(name);
      for (const input of inner.inputs) if (input) this.#count(input);
    }
    body.outputs.forEach((output) => {
      this.#count(output);
    });
  }

  advanced(): readonly OnnxValue[] | null {
    const nodes = this.#body.nodes.flatMap((inner) => this.#step(inner));
    if (this.#added.length === 0) return null;
    const outputs = this.#body.outputs.map((output) => this.#current(output));
    const states = this.#body.inputs.slice(0, this.#carried);
    const slices = [...this.#body.inputs.slice(this.#carried), ...this.#added];
    const trimmed = removeDeadNodes({ ...this.#body, inputs: [...states, ...slices], nodes, outputs });
    const read = new Set(trimmed.nodes.flatMap(({ inputs }) => inputs.map((input) => input?.name)));
    for (const { name } of trimmed.outputs) read.add(name);
    const used = slices.filter(({ name }) => read.has(name));
    const kept = used.length > 0 ? used : slices.slice(0, 1);
    const direction = this.#node.attributes['scan_input_directions'];
    const reverse = direction?.kind === 'ints' ? (direction.value[0] ?? 0) : 0;
    return this.#builder.emit(
      'Scan',
      [
        ...this.#node.inputs.slice(0, this.#carried),
        ...kept.map(({ name }) => this.#sequences.get(name) as OnnxValue),
      ],
      this.#node.outputs,
      {
        ...this.#node.attributes,
        body: attribute.graph({ ...trimmed, inputs: [...states, ...kept] }),
        num_scan_inputs: attribute.int(kept.length),
        scan_input_directions: attribute.ints(kept.map(() => reverse)),
      },
    );
  }

  /** The nodes that are left of one: none where its result is a slice now. */
  #step(node: OnnxNode): readonly OnnxNode[] {
    const inputs = node.inputs.map((input) => (input ? this.#current(input) : null));
    const moved = { ...node, inputs };
    const output = node.outputs[0] as OnnxValue;
    const elementwise = isElementwiseUnary(node.op) || isElementwiseBroadcasting(node.op);
    if (elementwise && this.#isFree(inputs, output)) {
      this.#renamed.set(output.name, this.#slice(moved, output));
      return [];
    }
    const regrouped = this.#regrouped(moved) ?? moved;
    this.#makers.set(output.name, regrouped);
    return [regrouped];
  }

  /** x · (s · t) for (x · s) · t, where s and t are slices or come from outside; likewise of sums. */
  #regrouped(node: OnnxNode): OnnxNode | null {
    const [a, b] = node.inputs as readonly [OnnxValue, OnnxValue];
    const output = node.outputs[0] as OnnxValue;
    if (node.op !== 'Mul' && node.op !== 'Add') return null;
    for (const [chain, t] of [
      [a, b],
      [b, a],
    ] as const) {
      const inner = this.#makers.get(chain.name);
      if (this.#uses.get(chain.name) !== 1) continue;
      const product = node.op === 'Add' ? this.#addedToProduct(inner, t, output) : null;
      if (product) return product;
      if (inner?.op !== node.op) continue;
      const [p, q] = inner.inputs as readonly [OnnxValue, OnnxValue];
      for (const [x, s] of [
        [p, q],
        [q, p],
      ] as const) {
        const sameShapes = [x, chain, output].every(({ shape }) => `${shape}` === `${output.shape}`);
        if (!sameShapes || !this.#isFree([s, t], output)) continue;
        const joined = this.#slice({ ...node, inputs: [s, t] }, output);
        return { ...node, inputs: [x, joined] };
      }
    }
    return null;
  }

  /** A B + (s + t) for (A B + s) + t, such as the input's part of a gate and its bias. */
  #addedToProduct(inner: OnnxNode | undefined, t: OnnxValue, output: OnnxValue): OnnxNode | null {
    const [a, b, s] = inner?.op === 'Gemm' ? inner.inputs : [];
    const beta = inner?.attributes['beta'];
    const isWhole = beta === undefined || (beta.kind === 'float' && beta.value === 1);
    if (!inner || !a || !b || !s || !isWhole || !this.#isFree([s, t], output)) return null;
    const joined = this.#slice({ op: 'Add', inputs: [s, t], outputs: [output], attributes: {} }, output);
    return { ...inner, inputs: [a, b, joined], outputs: [output] };
  }

  /** Whether operands are slices, at least one, of the result's rank, or values from outside of the step. */
  #isFree(inputs: readonly (OnnxValue | null)[], output: OnnxValue): boolean {
    const rank = output.shape.length;
    const isSlice = (input: OnnxValue): boolean =>
      this.#sequences.has(input.name) && input.shape.length === rank;
    const isStill = (input: OnnxValue): boolean =>
      input.shape.length <= rank && (!this.#inner.has(input.name) || this.#constants.has(input.name));
    return (
      inputs.some((input) => input && isSlice(input)) &&
      inputs.every((input) => input && (isSlice(input) || isStill(input)))
    );
  }

  /** The result for all steps, before the walk, and a new slice of it. */
  #slice(node: OnnxNode, output: OnnxValue): OnnxValue {
    const inputs = node.inputs.map((input) => {
      if (!input) return null;
      const constant = this.#constants.get(input.name);
      return this.#sequences.get(input.name) ?? (constant ? this.#builder.constant(constant.tensor) : input);
    });
    const shape = [this.#steps, ...output.shape];
    const all = this.#builder.emitOne(node.op, inputs, { dtype: output.dtype, shape }, node.attributes);
    const slice = this.#builder.value('scanned', output);
    this.#sequences.set(slice.name, all);
    this.#added.push(slice);
    return slice;
  }

  #current(value: OnnxValue): OnnxValue {
    return this.#renamed.get(value.name) ?? value;
  }

  #count({ name }: OnnxValue): void {
    this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
  }
}
