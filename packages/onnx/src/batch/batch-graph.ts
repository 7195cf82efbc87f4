// Derives from the graph of one client that of many: an axis of clients is put into every value that depends on what
// clients hold, operator by operator, so that each client's result has the bits of a call of its own. What does not
// depend on clients is computed once. Whether a graph can be batched, the graph itself answers: see `batch-operators`.
import { attribute, GraphBuilder } from '../builder/graph-builder.js';
import {
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
  subgraphOf,
  subgraphsOf,
} from '../model/onnx-model.js';
import { batchOperators } from './batch-operators.js';
import type { BatchCall } from './batch-rule.js';
import { CannotBatch } from './cannot-batch.js';
import { type Batched, batchedShape, clientsAxis, hasRows, spread } from './clients-axis.js';
import { countNumbers, type NumberCount } from './count-numbers.js';

export interface BatchedGraph {
  /** Inputs and outputs in the order of the old ones; see `clients-axis.ts` for their shapes. */
  readonly graph: OnnxGraph;
  /** How many numbers are computed for one client. */
  readonly numbers: NumberCount;
}

/**
 * The graph for many clients: `isOwn` says which inputs each client has its own of; the others are the same for all.
 * Every output has the clients as its first axis. Throws a `CannotBatch` where an operator could move a bit.
 */
export function batchGraph(graph: OnnxGraph, isOwn: readonly boolean[]): BatchedGraph {
  if (!isOwn.includes(true)) throw new CannotBatch('nothing is of the clients');
  const builder = new GraphBuilder();
  const inputs = graph.inputs.map((own, index): Batched => {
    const owned = isOwn[index] === true;
    const shape = owned ? batchedShape(own) : own.shape;
    return { own, value: builder.value('given', { dtype: own.dtype, shape }), isOwn: owned };
  });
  const first = inputs[isOwn.indexOf(true)] as Batched;
  const axis = clientsAxis(first.own);
  const clients = builder.emitOne(
    'Shape',
    [first.value],
    { dtype: 'int64', shape: [1] },
    { start: attribute.int(axis), end: attribute.int(axis + 1) },
  );
  const body = new Body(graph, builder, null, clients);
  for (const input of inputs) body.set(input);
  body.run();
  const outputs = graph.outputs.map((own) => {
    if (hasRows(own)) throw new CannotBatch('a result has a length of its own');
    // An output is made by a node, and stands once.
    return builder.unary('Identity', spread(builder, body.find(own), clients));
  });
  const values = inputs.map(({ value }) => value);
  return { graph: builder.finish('many', values, outputs), numbers: countNumbers(graph) };
}

/** A graph, or the body of a Loop, as its nodes are gone through. */
class Body {
  readonly #values = new Map<string, Batched>();
  readonly #producers = new Map<string, OnnxNode>();
  readonly #constants;

  constructor(
    readonly graph: OnnxGraph,
    readonly builder: GraphBuilder,
    readonly outer: Body | null,
    readonly clients: OnnxValue,
  ) {
    this.#constants = new Map(graph.constants.map(({ value, tensor }) => [value.name, tensor]));
    for (const { value, tensor } of graph.constants) {
      this.set({ own: value, value: builder.constant(tensor), isOwn: false });
    }
    for (const node of graph.nodes) for (const { name } of node.outputs) this.#producers.set(name, node);
  }

  set(batched: Batched): void {
    this.#values.set(batched.own.name, batched);
  }

  find(own: OnnxValue): Batched {
    const found = this.#values.get(own.name) ?? this.outer?.find(own);
    if (found === undefined) throw new CannotBatch(`'${own.name}' is read before it is made`);
    return found;
  }

  producer(value: OnnxValue): OnnxNode | undefined {
    return this.#producers.get(value.name) ?? this.outer?.producer(value);
  }

  constant(value: OnnxValue | null | undefined): ReturnType<BatchCall['constant']> {
    return value == null ? undefined : (this.#constants.get(value.name) ?? this.outer?.constant(value));
  }

  run(): void {
    for (const node of this.graph.nodes) this.#take(node);
  }

  #take(node: OnnxNode): void {
    if (node.op === 'Loop') {
      this.#loop(node);
      return;
    }
    const inputs = node.inputs.map((input) => (input === null ? null : this.find(input)));
    if (!inputs.some((input) => input?.isOwn)) this.#share(node, inputs);
    else if (node.op === 'Shape') this.#rows(node, inputs[0] as Batched);
    else this.#batch(node, inputs);
  }

  #batch(node: OnnxNode, inputs: readonly (Batched | null)[]): void {
    const [own] = node.outputs;
    const rule = node.domain === undefined ? batchOperators[node.op] : 'it is of no standard';
    if (typeof rule !== 'function') {
      throw new CannotBatch(`${node.op}: ${rule ?? 'nothing is known of it'}`);
    }
    if (own === undefined || node.outputs.length > 1) throw new CannotBatch(`${node.op} has several results`);
    const value = rule({
      node,
      builder: this.builder,
      input: (index) => inputs[index] as Batched,
      clients: () => this.clients,
      producer: (each) => this.producer(each),
      constant: (each) => this.constant(each),
    });
    this.set({ own, value, isOwn: true });
  }

  /** What is the same for all clients is computed once. */
  #share(node: OnnxNode, inputs: readonly (Batched | null)[]): void {
    if (subgraphsOf(node).length > 0) throw new CannotBatch(`${node.op}: it has a body`);
    const values = inputs.map((input) => input?.value ?? null);
    const made = this.builder.emit(node.op, values, node.outputs, node.attributes, node.domain);
    for (const [index, own] of node.outputs.entries()) {
      this.set({ own, value: made[index] as OnnxValue, isOwn: false });
    }
  }

  /** The number of rows, which clients of one call have in common. */
  #rows(node: OnnxNode, { own, value }: Batched): void {
    const { start, end } = node.attributes;
    const isFirst = hasRows(own) && start?.value === 0 && end?.value === 1;
    if (!isFirst) throw new CannotBatch('Shape asks for more than the number of rows');
    const [output] = node.outputs as readonly [OnnxValue];
    const rows = this.builder.emitOne('Shape', [value], output, node.attributes);
    this.set({ own: output, value: rows, isOwn: false });
  }

  /** A state is of the clients if it begins so, or a step makes it so of another that is. */
  #loop(node: OnnxNode): void {
    const body = subgraphOf(node) as OnnxGraph;
    const [count, condition, ...initial] = node.inputs;
    if (
      condition !== null ||
      count == null ||
      this.find(count).isOwn ||
      initial.length !== node.outputs.length
    ) {
      throw new CannotBatch('a Loop ends by what clients hold');
    }
    const states = initial.map((each) => this.find(each as OnnxValue));
    let isOwn = states.map((state) => state.isOwn);
    for (;;) {
      const inner = this.builder.subgraph();
      const within = new Body(body, inner, this, this.clients);
      body.inputs.forEach((own, index) => {
        const owned = isOwn[index - 2] ?? false;
        const shape = owned ? batchedShape(own) : own.shape;
        within.set({ own, value: inner.value('carried', { dtype: own.dtype, shape }), isOwn: owned });
      });
      within.run();
      const next = body.outputs.slice(1).map((own) => within.find(own));
      const grown = isOwn.map((owned, index) => owned || (next[index] as Batched).isOwn);
      if (grown.every((owned, index) => owned === isOwn[index])) {
        this.#emitLoop(node, states, isOwn, within, next);
        return;
      }
      isOwn = grown;
    }
  }

  #emitLoop(
    node: OnnxNode,
    states: readonly Batched[],
    isOwn: readonly boolean[],
    within: Body,
    next: readonly Batched[],
  ): void {
    const { graph: body, builder: inner } = within;
    const results = next.map((each, index) =>
      inner.unary('Identity', isOwn[index] ? spread(inner, each, this.clients) : each.value),
    );
    const proceeds = inner.unary('Identity', within.find(body.outputs[0] as OnnxValue).value);
    const stepped = inner.finish(
      'body',
      body.inputs.map((own) => within.find(own).value),
      [proceeds, ...results],
    );
    const begun = states.map((state, index) =>
      isOwn[index] ? spread(this.builder, state, this.clients) : state.value,
    );
    const count = this.find(node.inputs[0] as OnnxValue).value;
    const described = node.outputs.map((own, index) => ({
      dtype: own.dtype,
      shape: isOwn[index] ? batchedShape(own) : own.shape,
    }));
    const made = this.builder.emit('Loop', [count, null, ...begun], described, {
      ...node.attributes,
      body: attribute.graph(stepped),
    });
    for (const [index, own] of node.outputs.entries()) {
      this.set({ own, value: made[index] as OnnxValue, isOwn: isOwn[index] as boolean });
    }
  }
}
