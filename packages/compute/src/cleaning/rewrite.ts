// What cleaning passes share: walks a graph in order, and lets a pass put other values in the place of what
// a node makes. Bodies of reductions are rewritten too, each on its own.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type {
  Attribute,
  GraphNode,
  KernelGraph,
  KernelNode,
  RandomNode,
  ValueId,
  ValueSpec,
} from '../graph/kernel-graph.js';
import type { Kernel } from '../graph/kernels.js';
import { shapeRules } from '../graph/shape-rules/shape-rules.js';
import { mapBody, nodeInputs, nodeOutputs, renameInputs } from '../graph/walk.js';

/** The graph as rewritten so far. */
export interface Rewriter {
  spec(id: ValueId): ValueSpec;
  /** The node that makes a value; `undefined` for inputs and constants. */
  maker(id: ValueId): GraphNode | undefined;
  constant(id: ValueId): Tensor | undefined;
  /** The number that every element of a constant or a Fill is; `undefined` for other values. */
  uniformValue(id: ValueId): number | undefined;
  /** How often nodes and outputs read a value. */
  uses(id: ValueId): number;
  addValue(spec: ValueSpec): ValueId;
  /** Puts a node in place now, before what the visit gives. */
  append(node: GraphNode): void;
  addConstant(tensor: Tensor): ValueId;
  addKernel(kernel: Kernel, inputs: KernelNode['inputs'], attributes?: KernelNode['attributes']): ValueId;
  addRandom(spec: ValueSpec, draw: Omit<RandomNode, 'output'>): ValueId;
}

/** Gives the node (kept, or changed except for its outputs), or the values that stand in the place of its outputs. */
export type Visit = (node: GraphNode, rewriter: Rewriter) => GraphNode | readonly ValueId[];

/** Visits every node in order, each already reading what earlier replacements put in place; one `Visit` a graph. */
export function rewriteGraph(graph: KernelGraph, makeVisit: () => Visit): KernelGraph {
  const visit = makeVisit();
  const values = [...graph.values];
  const constants = [...graph.constants];
  const nodes: GraphNode[] = [];
  const constantOf = new Map(constants.map(({ value, tensor }) => [value, tensor]));
  const makerOf = new Map<ValueId, GraphNode>();
  const renamed = new Map<ValueId, ValueId>();
  const useCounts = countUses(graph);
  const rename = (id: ValueId): ValueId => renamed.get(id) ?? id;
  const append = (node: GraphNode): void => {
    nodes.push(node);
    for (const id of nodeOutputs(node)) makerOf.set(id, node);
  };
  const spec = (id: ValueId): ValueSpec => values[id] as ValueSpec;
  const rewriter: Rewriter = {
    spec,
    maker: (id) => makerOf.get(id),
    constant: (id) => constantOf.get(id),
    uniformValue(id) {
      const tensor = constantOf.get(id);
      if (tensor !== undefined) return tensor.dtype === 'string' ? undefined : uniformNumber(tensor);
      const maker = makerOf.get(id);
      if (maker?.op !== 'kernel' || maker.kernel !== 'Fill') return undefined;
      return Number(maker.attributes['value']);
    },
    uses: (id) => useCounts.get(id) ?? 0,
    addValue: (valueSpec) => values.push(valueSpec) - 1,
    append,
    addConstant(tensor) {
      const value = values.push({ dtype: tensor.dtype as ValueSpec['dtype'], shape: tensor.shape }) - 1;
      constants.push({ value, tensor });
      constantOf.set(value, tensor);
      return value;
    },
    addKernel(kernel, inputs, attributes = {}) {
      const result = shapeRules[kernel]({ inputs: inputSpecs(inputs, spec), attributes });
      const outputs = result.outputs.map((output) => values.push(output) - 1);
      append({ op: 'kernel', kernel, inputs, attributes: attributes as Record<string, Attribute>, outputs });
      return outputs[0] as ValueId;
    },
    addRandom(valueSpec, draw) {
      const output = values.push(valueSpec) - 1;
      append({ ...draw, output });
      return output;
    },
  };

  for (const original of graph.nodes) {
    const read = renameInputs(original, rename);
    const node = mapBody(read, (body) => rewriteGraph(body, makeVisit));
    const result = visit(node, rewriter);
    if ('op' in result) {
      append(result);
    } else {
      for (const [index, id] of nodeOutputs(node).entries()) renamed.set(id, result[index] as ValueId);
    }
  }
  return { values, inputs: graph.inputs, constants, nodes, outputs: graph.outputs.map(rename) };
}

function inputSpecs(
  inputs: KernelNode['inputs'],
  spec: (id: ValueId) => ValueSpec,
): { [name: string]: ValueSpec | readonly ValueSpec[] } {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [
      name,
      typeof input === 'number' ? spec(input) : input.map(spec),
    ]),
  );
}

function countUses(graph: KernelGraph): ReadonlyMap<ValueId, number> {
  const counts = new Map<ValueId, number>();
  for (const id of [...graph.nodes.flatMap(nodeInputs), ...graph.outputs]) {
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

function uniformNumber(tensor: Tensor): number | undefined {
  if (sizeOf(tensor.shape) !== 1) return undefined;
  return Number((tensor.data as Float32Array)[0]);
}
