// Pass: moves what does not change from step to step out of the body of a Loop or Scan, to be computed once.
import type { OnnxConstant, OnnxGraph, OnnxNode } from '../../model/onnx-model.js';
import { subgraphOf } from '../../model/onnx-model.js';

/** The graph with every node of a body that reads neither state nor step moved before the Loop or Scan. */
export function hoistInvariants(graph: OnnxGraph): OnnxGraph {
  const constants: OnnxConstant[] = [...graph.constants];
  const nodes = graph.nodes.flatMap((node) => {
    const subgraph = subgraphOf(node);
    if (!subgraph) return [node];
    const body = hoistInvariants(subgraph);
    const { invariant, rest, read } = split(body);
    constants.push(...body.constants.filter(({ value }) => read.has(value.name)));
    const stays = new Set(rest.nodes.flatMap(({ inputs }) => inputs.map((input) => input?.name)));
    for (const { name } of rest.outputs) stays.add(name);
    const trimmed: OnnxGraph = {
      ...rest,
      constants: rest.constants.filter(({ value }) => stays.has(value.name) && !read.has(value.name)),
    };
    return [
      ...invariant,
      { ...node, attributes: { ...node.attributes, body: { kind: 'graph', value: trimmed } as const } },
    ];
  });
  return { ...graph, constants, nodes };
}

function split(body: OnnxGraph): {
  readonly invariant: readonly OnnxNode[];
  readonly rest: OnnxGraph;
  /** Constants that moved nodes read. */
  readonly read: ReadonlySet<string>;
} {
  const constantNames = new Set(body.constants.map(({ value }) => value.name));
  const varying = new Set(body.inputs.map(({ name }) => name));
  const outputs = new Set(body.outputs.map(({ name }) => name));
  const invariant: OnnxNode[] = [];
  const staying: OnnxNode[] = [];
  const read = new Set<string>();
  for (const node of body.nodes) {
    const varies =
      node.attributes['body'] !== undefined ||
      node.inputs.some((input) => input && varying.has(input.name)) ||
      node.outputs.some(({ name }) => outputs.has(name));
    if (varies) {
      staying.push(node);
      for (const { name } of node.outputs) varying.add(name);
    } else {
      invariant.push(node);
      for (const input of node.inputs) if (input && constantNames.has(input.name)) read.add(input.name);
    }
  }
  return { invariant, rest: { ...body, nodes: staying }, read };
}
