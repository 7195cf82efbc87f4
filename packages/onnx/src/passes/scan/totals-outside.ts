// Pass: a total that a Loop carries and that only adds a row known for all steps, such as the number of examples
// seen, is summed outside of the Loop: in float64, so that neither the number of steps nor their order changes it.
import { attribute } from '../../builder/graph-builder.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import { type OnnxGraph, type OnnxNode, type OnnxValue, subgraphOf } from '../../model/onnx-model.js';

/** Inputs of a Loop before its states: the number of steps and the condition; of a body: the step and the condition. */
const BEFORE_STATES = 2;
/** Outputs of a body before its states: the condition. */
const BEFORE_RESULTS = 1;

export const totalsOutside: Pass = {
  name: 'totals-outside',
  rewrite(node, context) {
    const body = node.op === 'Loop' ? subgraphOf(node) : null;
    return body ? summedOutside(node, body, context) : null;
  },
};

function summedOutside(
  node: OnnxNode,
  body: OnnxGraph,
  { builder, constant }: RewriteContext,
): readonly OnnxValue[] | null {
  const reads = countReads(body);
  const makers = new Map(body.nodes.map((inner) => [inner.outputs[0]?.name, inner]));
  const totals = new Map<number, OnnxValue>();
  node.outputs.forEach((_, index) => {
    const state = body.inputs[BEFORE_STATES + index] as OnnxValue;
    const next = body.outputs[BEFORE_RESULTS + index] as OnnxValue;
    const rows = rowsAdded(makers.get(next.name), state, body, makers);
    if (rows && reads.get(state.name) === 1 && reads.get(next.name) === 1) totals.set(index, rows);
  });
  if (totals.size === 0) return null;
  const staying = (offset: number) => (_: unknown, index: number) => !totals.has(index - offset);
  const trimmed: OnnxGraph = {
    ...body,
    inputs: body.inputs.filter(staying(BEFORE_STATES)),
    outputs: body.outputs.filter(staying(BEFORE_RESULTS)),
  };
  const results = builder.emit(
    'Loop',
    node.inputs.filter(staying(BEFORE_STATES)),
    node.outputs.filter(staying(0)),
    { ...node.attributes, body: attribute.graph(trimmed) },
  );
  let kept = 0;
  return node.outputs.map((_, index) => {
    const rows = totals.get(index);
    if (!rows) return results[kept++] as OnnxValue;
    const sum = builder.reduce('ReduceSum', builder.cast(rows, 'float64'), [0], false);
    const start = node.inputs[BEFORE_STATES + index] as OnnxValue;
    if (constant(start)?.data.every((value) => Object.is(value, 0))) return builder.cast(sum, 'float32');
    return builder.cast(builder.binary('Add', builder.cast(start, 'float64'), sum), 'float32');
  });
}

/** All rows of which the step's is added to the state, and nothing else. */
function rowsAdded(
  add: OnnxNode | undefined,
  state: OnnxValue,
  body: OnnxGraph,
  makers: ReadonlyMap<string | undefined, OnnxNode>,
): OnnxValue | null {
  if (add?.op !== 'Add') return null;
  const [a, b] = add.inputs as readonly [OnnxValue, OnnxValue];
  const other = a.name === state.name ? b : b.name === state.name ? a : null;
  const gather = other && makers.get(other.name);
  const [rows, step] = gather?.inputs ?? [];
  const axis = gather?.attributes['axis'];
  const isRow =
    gather?.op === 'Gather' &&
    step?.name === body.inputs[0]?.name &&
    axis?.kind === 'int' &&
    axis.value === 0 &&
    `${other?.shape}` === `${state.shape}`;
  const isInner = rows && (makers.has(rows.name) || body.inputs.some(({ name }) => name === rows.name));
  return isRow && rows && !isInner && rows.dtype === 'float32' ? rows : null;
}

function countReads(body: OnnxGraph, reads = new Map<string, number>()): ReadonlyMap<string, number> {
  const count = (value: OnnxValue | null): void => {
    if (value) reads.set(value.name, (reads.get(value.name) ?? 0) + 1);
  };
  for (const node of body.nodes) {
    node.inputs.forEach(count);
    const nested = subgraphOf(node);
    if (nested) countReads(nested, reads);
  }
  body.outputs.forEach(count);
  return reads;
}
