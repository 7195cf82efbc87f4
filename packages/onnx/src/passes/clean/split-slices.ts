// Pass: slices that together make up a whole axis, such as the gates of a recurrent layer, become one Split.
import { type Tensor, tensor } from '@starling/federated-core';
import {
  type OnnxConstant,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
  subgraphOf,
} from '../../model/onnx-model.js';

type Constants = ReadonlyMap<string, Tensor>;

export function splitSlices(graph: OnnxGraph, outer: Constants = new Map()): OnnxGraph {
  const constants: Constants = new Map([
    ...outer,
    ...graph.constants.map(({ value, tensor: data }) => [value.name, data] as const),
  ]);
  const splits = new Map<OnnxNode, OnnxNode>();
  const replaced = new Set<OnnxNode>();
  const sizes: OnnxConstant[] = [];
  for (const group of groupsOf(graph, constants)) {
    const ordered = wholeAxis(group);
    if (!ordered) continue;
    const { source, axis } = ordered[0] as Part;
    const lengths = ordered.map(({ length }) => BigInt(length));
    const data = tensor('int64', [lengths.length], BigInt64Array.from(lengths));
    const value = { name: `${source.name}_parts${axis}`, dtype: 'int64', shape: data.shape } as const;
    sizes.push({ value, tensor: data });
    splits.set((group[0] as Part).node, {
      op: 'Split',
      inputs: [source, value],
      outputs: ordered.map(({ node }) => node.outputs[0] as OnnxValue),
      attributes: { axis: { kind: 'int', value: axis } },
    });
    for (const { node } of group) replaced.add(node);
  }
  const nodes = graph.nodes.flatMap((node) => {
    const split = splits.get(node);
    if (split) return [split];
    if (replaced.has(node)) return [];
    const body = subgraphOf(node);
    if (!body) return [node];
    const value = splitSlices(body, constants);
    return [{ ...node, attributes: { ...node.attributes, body: { kind: 'graph', value } as const } }];
  });
  return { ...graph, constants: [...graph.constants, ...sizes], nodes };
}

/** A slice along one axis, without gaps. */
interface Part {
  readonly node: OnnxNode;
  readonly source: OnnxValue;
  readonly axis: number;
  readonly begin: number;
  readonly length: number;
}

function groupsOf(graph: OnnxGraph, constants: Constants): Iterable<readonly Part[]> {
  const groups = new Map<string, Part[]>();
  for (const node of graph.nodes) {
    const part = partOf(node, constants);
    if (!part) continue;
    const key = `${part.source.name}:${part.axis}`;
    groups.set(key, [...(groups.get(key) ?? []), part]);
  }
  return groups.values();
}

function partOf(node: OnnxNode, constants: Constants): Part | null {
  if (node.op !== 'Slice') return null;
  const source = node.inputs[0] as OnnxValue;
  const output = node.outputs[0] as OnnxValue;
  const numbersAt = (index: number): readonly number[] =>
    Array.from((constants.get(node.inputs[index]?.name ?? '')?.data ?? []) as ArrayLike<bigint>, Number);
  const begin = numbersAt(1);
  const steps = numbersAt(4);
  if (!steps.every((step) => step === 1)) return null;
  const cut = source.shape.flatMap((size, axis) => (output.shape[axis] === size ? [] : [axis]));
  const axis = cut[0];
  const at = axis === undefined ? -1 : numbersAt(3).indexOf(axis);
  if (axis === undefined || cut.length !== 1 || at === -1) return null;
  return { node, source, axis, begin: begin[at] as number, length: output.shape[axis] as number };
}

/** The parts in order, if they follow each other from the first element to the last. */
function wholeAxis(group: readonly Part[]): readonly Part[] | null {
  const ordered = [...group].sort((a, b) => a.begin - b.begin);
  let reached = 0;
  for (const { begin, length } of ordered) {
    if (begin !== reached) return null;
    reached += length;
  }
  const { source, axis } = ordered[0] as Part;
  return ordered.length > 1 && reached === source.shape[axis] ? ordered : null;
}
