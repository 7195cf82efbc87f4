// How passes change an ONNX graph: the graph is built anew, node by node, and a pass may answer for a node with other
// values. It sees what its inputs have become, so that patterns are matched backwards from their last node.
// What nothing reads any more is left behind by `removeDeadNodes`.
import type { Tensor } from '@starling/federated-core';
import { type OnnxGraph, type OnnxNode, type OnnxValue, subgraphsOf } from '../model/onnx-model.js';
import { GraphBuilder, NameSource } from './graph-builder.js';

/** The graph that is being built, as a pass may ask about it. */
export interface RewriteContext {
  /** Emits into the graph at hand: the subgraph, where the node stands in one. */
  readonly builder: GraphBuilder;
  /**
   * The node of the graph at hand that makes a value; `undefined` for inputs and constants, and for values from around
   * a subgraph: what is made once must not be drawn into a body, to be made at each step.
   */
  producer(value: OnnxValue | null | undefined): OnnxNode | undefined;
  /** The producer, if it is this operator. */
  producedBy(op: string, value: OnnxValue | null | undefined): OnnxNode | undefined;
  constant(value: OnnxValue | null | undefined): Tensor | undefined;
  /** The one number of a constant whose elements are all equal. */
  uniform(value: OnnxValue | null | undefined): number | undefined;
  /** How many nodes and outputs of the old graph read what has become this value. */
  uses(value: OnnxValue): number;
  /** Whether the value is made within the subgraph at hand rather than around it. */
  isLocal(value: OnnxValue): boolean;
}

export interface Pass {
  readonly name: string;
  /** New values for the node's outputs, in order; `null` leaves the node as it is. */
  rewrite(node: OnnxNode, context: RewriteContext): OnnxValue | readonly OnnxValue[] | null;
}

/** The graph after one pass over all nodes, those of subgraphs included. The model's inputs keep their names. */
export function applyPass(graph: OnnxGraph, pass: Pass): OnnxGraph {
  return removeDeadNodes(
    new Rewriter(pass, countUses(graph), new GraphBuilder(new NameSource()), null).run(graph),
  );
}

/** Its questions are bound functions, so that passes can take them apart. */
class Rewriter implements RewriteContext {
  readonly builder: GraphBuilder;
  readonly #pass: Pass;
  readonly #oldUses: ReadonlyMap<string, number>;
  readonly #outer: Rewriter | null;
  readonly #renamed = new Map<string, OnnxValue>();
  readonly #uses = new Map<string, number>();
  readonly #inputs = new Set<string>();

  constructor(
    pass: Pass,
    oldUses: ReadonlyMap<string, number>,
    builder: GraphBuilder,
    outer: Rewriter | null,
  ) {
    this.#pass = pass;
    this.#oldUses = oldUses;
    this.builder = builder;
    this.#outer = outer;
  }

  run(graph: OnnxGraph): OnnxGraph {
    // Only the inputs of the whole model are known by name elsewhere; those of subgraphs are named anew, as nodes are.
    const inputs = this.#outer ? graph.inputs.map((input) => this.#renewed(input)) : graph.inputs;
    inputs.forEach((input, index) => {
      this.#inputs.add(input.name);
      this.#become(graph.inputs[index] as OnnxValue, input);
    });
    for (const { value, tensor } of graph.constants) this.#become(value, this.builder.constant(tensor));
    for (const node of graph.nodes) {
      const inputs = node.inputs.map((input) => (input ? this.#current(input) : null));
      const moved: OnnxNode = { ...node, inputs, attributes: this.#attributes(node) };
      const rewritten = this.#pass.rewrite(moved, this);
      const results =
        rewritten === null
          ? this.builder.emit(moved.op, moved.inputs, moved.outputs, moved.attributes, moved.domain)
          : Array.isArray(rewritten)
            ? (rewritten as readonly OnnxValue[])
            : [rewritten as OnnxValue];
      node.outputs.forEach((output, index) => {
        this.#become(output, results[index] as OnnxValue);
      });
    }
    return this.builder.finish(graph.name, inputs, this.#outputs(graph));
  }

  readonly producer = (value: OnnxValue | null | undefined): OnnxNode | undefined =>
    value ? this.builder.producer(value) : undefined;

  readonly producedBy = (op: string, value: OnnxValue | null | undefined): OnnxNode | undefined => {
    const node = this.producer(value);
    return node?.op === op ? node : undefined;
  };

  readonly constant = (value: OnnxValue | null | undefined): Tensor | undefined => {
    return value ? (this.builder.constantData(value) ?? this.#outer?.constant(value)) : undefined;
  };

  readonly uniform = (value: OnnxValue | null | undefined): number | undefined => {
    const data = this.constant(value)?.data;
    const first = data?.[0];
    if (data === undefined || typeof first === 'string' || first === undefined) return undefined;
    for (const element of data) if (element !== first) return undefined;
    return Number(first);
  };

  readonly uses = (value: OnnxValue): number => {
    return this.#uses.get(value.name) ?? this.#outer?.uses(value) ?? 0;
  };

  readonly isLocal = (value: OnnxValue): boolean => {
    return (
      this.#inputs.has(value.name) ||
      this.builder.producer(value) !== undefined ||
      this.builder.constantData(value) !== undefined
    );
  };

  #renewed(input: OnnxValue): OnnxValue {
    return this.builder.value(input.name.replace(/_\d+$/, ''), input);
  }

  #attributes(node: OnnxNode): OnnxNode['attributes'] {
    return withSubgraphs(node, (graph) =>
      new Rewriter(this.#pass, this.#oldUses, this.builder.subgraph(), this).run(graph),
    );
  }

  #become(old: OnnxValue, value: OnnxValue): void {
    this.#renamed.set(old.name, value);
    this.#uses.set(value.name, (this.#uses.get(value.name) ?? 0) + (this.#oldUses.get(old.name) ?? 0));
  }

  #current(old: OnnxValue): OnnxValue {
    const value = this.#renamed.get(old.name) ?? this.#outer?.currentOf(old);
    if (!value) throw new ReferenceError(`Cannot rewrite a graph: '${old.name}' is read before it is made`);
    return value;
  }

  currentOf(old: OnnxValue): OnnxValue {
    return this.#current(old);
  }

  /** Outputs are made within the graph, each by a name of its own. */
  #outputs(graph: OnnxGraph): readonly OnnxValue[] {
    const taken = new Set(this.#inputs);
    return graph.outputs.map((output) => {
      const value = this.#current(output);
      const own = this.builder.producer(value) && !taken.has(value.name);
      const fresh = own ? value : this.builder.unary('Identity', value);
      taken.add(fresh.name);
      return fresh;
    });
  }
}

/** A node's attributes with each graph inside it changed. */
function withSubgraphs(node: OnnxNode, change: (graph: OnnxGraph) => OnnxGraph): OnnxNode['attributes'] {
  if (subgraphsOf(node).length === 0) return node.attributes;
  const changed = Object.entries(node.attributes).map(([name, each]) => [
    name,
    each.kind === 'graph' ? { ...each, value: change(each.value) } : each,
  ]);
  return Object.fromEntries(changed);
}

/** Reads of each value by nodes and outputs, in subgraphs too. */
function countUses(graph: OnnxGraph, uses = new Map<string, number>()): Map<string, number> {
  const count = (value: OnnxValue | null): void => {
    if (value) uses.set(value.name, (uses.get(value.name) ?? 0) + 1);
  };
  for (const node of graph.nodes) {
    node.inputs.forEach(count);
    for (const inner of subgraphsOf(node)) countUses(inner, uses);
  }
  graph.outputs.forEach(count);
  return uses;
}

/** The graph without nodes and constants that nothing reads; inputs stay. */
export function removeDeadNodes(graph: OnnxGraph): OnnxGraph {
  return withoutDead(graph, new Set());
}

/** `live` holds what is known to be read; names are a model's own, so that one set serves its subgraphs as well. */
function withoutDead(graph: OnnxGraph, live: Set<string>): OnnxGraph {
  for (const { name } of graph.outputs) live.add(name);
  const nodes: OnnxNode[] = [];
  for (let index = graph.nodes.length - 1; index >= 0; index--) {
    const node = graph.nodes[index]!;
    if (!node.outputs.some(({ name }) => live.has(name))) continue;
    for (const input of node.inputs) if (input) live.add(input.name);
    nodes.push({ ...node, attributes: withSubgraphs(node, (inner) => withoutDead(inner, live)) });
  }
  return {
    ...graph,
    constants: graph.constants.filter(({ value }) => live.has(value.name)),
    nodes: nodes.reverse(),
  };
}
