// Pass: a value that a Scan carries from step to step and that is the same constant at each, such as a gradient that
// is zero throughout, is not carried.
import { attribute } from '../../builder/graph-builder.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import {
  type OnnxConstant,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
  subgraphOf,
} from '../../model/onnx-model.js';

export const constantCarries: Pass = {
  name: 'constant-carries',
  rewrite(node, context) {
    const body = node.op === 'Scan' ? subgraphOf(node) : null;
    return body ? withoutConstantCarries(node, body, context) : null;
  },
};

function withoutConstantCarries(
  node: OnnxNode,
  body: OnnxGraph,
  context: RewriteContext,
): readonly OnnxValue[] | null {
  const count = node.attributes['num_scan_inputs'];
  const carried = node.inputs.length - (count?.kind === 'int' ? count.value : 0);
  const constants = new Map(body.constants.map((constant) => [constant.value.name, constant]));
  const makers = new Map(body.nodes.map((inner) => [inner.outputs[0]?.name, inner]));
  const still = new Map<number, OnnxConstant>();
  for (let index = 0; index < carried; index++) {
    const next = body.outputs[index] as OnnxValue;
    const initial = initialNumber(node.inputs[index], context);
    const source = expandedConstant(makers.get(next.name), constants);
    const same =
      source &&
      initial !== undefined &&
      [...(source.tensor.data as Float32Array)].every((x) => x === initial);
    if (same && source.value.shape.length === 0) still.set(index, source);
  }
  if (still.size === 0 || still.size === carried) return null;
  const kept = <T>(items: readonly T[]): T[] => items.filter((_, index) => !still.has(index));
  const { builder } = context;
  const inner = builder.subgraph();
  const replaced = new Map<string, OnnxValue>();
  for (const [index, { tensor }] of still) {
    const state = body.inputs[index] as OnnxValue;
    replaced.set(state.name, inner.expand(inner.constant(tensor), state.shape));
  }
  const made = inner.finish('', [], []);
  const current = (value: OnnxValue): OnnxValue => replaced.get(value.name) ?? value;
  const trimmed: OnnxGraph = {
    ...body,
    inputs: kept(body.inputs),
    constants: [...body.constants, ...made.constants],
    nodes: [
      ...made.nodes,
      ...body.nodes.map((old) => ({
        ...old,
        inputs: old.inputs.map((input) => (input ? current(input) : null)),
      })),
    ],
    outputs: kept(body.outputs).map(current),
  };
  const results = builder.emit('Scan', kept(node.inputs), kept(node.outputs), {
    ...node.attributes,
    body: attribute.graph(trimmed),
  });
  let next = 0;
  return node.outputs.map((_, index) =>
    still.has(index) ? (node.inputs[index] as OnnxValue) : (results[next++] as OnnxValue),
  );
}

/** The number that every element of the initial value is. */
function initialNumber(value: OnnxValue | null | undefined, context: RewriteContext): number | undefined {
  const expand = context.producedBy('Expand', value);
  return context.uniform(expand ? expand.inputs[0] : value);
}

/** The constant that a step expands as the new value. */
function expandedConstant(
  maker: OnnxNode | undefined,
  constants: ReadonlyMap<string, OnnxConstant>,
): OnnxConstant | undefined {
  const source = maker?.op === 'Identity' || maker?.op === 'Expand' ? maker.inputs[0] : null;
  return source ? constants.get(source.name) : undefined;
}
