// Pass: a Loop over the steps of a dataset becomes a Scan. onnxruntime hands a Scan's step views of its rows, where a
// Loop's gathers copies of them, and writes the last state where it is to be, where a Loop copies it. A Scan needs at
// least one step; models for machines in general keep the Loop, which takes none as well.
import { attribute } from '../builder/graph-builder.js';
import type { Pass } from '../builder/rewrite-graph.js';
import { type OnnxGraph, type OnnxNode, type OnnxValue, subgraphOf } from '../model/onnx-model.js';

/** Before the states, in a Loop and in its body: the number of steps or the step, and the condition. */
const BEFORE_STATES = 2;
/** Before the states, in what a body gives: the condition. */
const BEFORE_RESULTS = 1;

export const scanOverSteps: Pass = {
  name: 'scan-over-steps',
  rewrite(node, { builder, producedBy }) {
    const body = node.op === 'Loop' ? subgraphOf(node) : null;
    if (!body || !endsByCount(node, body)) return null;
    // As many steps as a tensor has rows: so has each table that the steps read row by row.
    const rows = producedBy('Reshape', node.inputs[0])?.inputs[0];
    if (!producedBy('Shape', rows)) return null;
    const picks = rowPicks(body);
    if (picks === null || picks.size === 0) return null;
    const condition = (body.outputs[0] as OnnxValue).name;
    const states = body.inputs.slice(BEFORE_STATES);
    const scanned: OnnxGraph = {
      ...body,
      inputs: [...states, ...[...picks.keys()].map((pick) => pick.outputs[0] as OnnxValue)],
      nodes: body.nodes.filter((inner) => !picks.has(inner) && inner.outputs[0]?.name !== condition),
      outputs: body.outputs.slice(BEFORE_RESULTS),
    };
    return builder.emit('Scan', [...node.inputs.slice(BEFORE_STATES), ...picks.values()], node.outputs, {
      body: attribute.graph(scanned),
      num_scan_inputs: attribute.int(picks.size),
    });
  },
};

/** Whether only the number of steps ends the Loop: its condition goes through from step to step. */
function endsByCount(node: OnnxNode, body: OnnxGraph): boolean {
  const proceed = body.inputs[1] as OnnxValue;
  const continues = body.nodes.find(({ outputs }) => outputs[0]?.name === body.outputs[0]?.name);
  return (
    node.inputs[1] === null &&
    continues?.op === 'Identity' &&
    continues.inputs[0]?.name === proceed.name &&
    body.nodes.every((inner) => inner === continues || !reads(inner, proceed))
  );
}

/** The nodes that pick the step's row, with the tables they pick from; `null` where the step is read otherwise. */
function rowPicks(body: OnnxGraph): ReadonlyMap<OnnxNode, OnnxValue> | null {
  const step = body.inputs[0] as OnnxValue;
  const own = new Set(
    [
      ...body.inputs,
      ...body.nodes.flatMap(({ outputs }) => outputs),
      ...body.constants.map(({ value }) => value),
    ].map(({ name }) => name),
  );
  const picks = new Map<OnnxNode, OnnxValue>();
  for (const node of body.nodes) {
    if (!reads(node, step)) continue;
    const [table, index] = node.inputs;
    const axis = node.attributes['axis'];
    const isPick =
      node.op === 'Gather' && index?.name === step.name && axis?.kind === 'int' && axis.value === 0;
    if (!isPick || !table || own.has(table.name)) return null;
    picks.set(node, table);
  }
  return body.outputs.some(({ name }) => name === step.name) ? null : picks;
}

function reads(node: OnnxNode, { name }: OnnxValue): boolean {
  const inner = subgraphOf(node);
  return (
    node.inputs.some((input) => input?.name === name) ||
    (inner !== null &&
      (inner.nodes.some((each) => reads(each, { name } as OnnxValue)) ||
        inner.outputs.some((output) => output.name === name)))
  );
}
