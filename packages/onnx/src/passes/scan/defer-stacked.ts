// Pass: results of a Scan's steps that no later step needs are computed after it, for all steps at once. In the
// forward pass of a recurrent layer these are the derivatives that its gradient will ask for: a third of its operators.
import { attribute } from '../../builder/graph-builder.js';
import { isElementwiseBroadcasting, isElementwiseUnary } from '../../builder/operators.js';
import type { Pass, RewriteContext } from '../../builder/rewrite-graph.js';
import { type OnnxGraph, type OnnxNode, type OnnxValue, subgraphOf } from '../../model/onnx-model.js';

export const deferStacked: Pass = {
  name: 'defer-stacked',
  rewrite(node, context) {
    const body = node.op === 'Scan' ? subgraphOf(node) : null;
    return body ? deferred(node, body, context) : null;
  },
};

function deferred(node: OnnxNode, body: OnnxGraph, context: RewriteContext): readonly OnnxValue[] | null {
  const { builder } = context;
  const carriedCount = node.inputs.length - scanInputCount(node);
  const stacked = body.outputs.slice(carriedCount);
  const steps = node.outputs[carriedCount]?.shape[0];
  const moving = movable(body, carriedCount);
  if (steps === undefined || moving.length === 0) return null;

  const makers = new Map(moving.map((moved) => [moved.outputs[0]?.name, moved]));
  // What the moved nodes read must be stacked; what they make need not be any more.
  const kept = new Map<string, OnnxValue>();
  for (const value of stacked) if (!makers.has(value.name)) kept.set(value.name, value);
  const made = new Set(body.nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  for (const { inputs } of moving) {
    for (const input of inputs) {
      if (input && made.has(input.name) && !makers.has(input.name)) kept.set(input.name, input);
    }
  }
  const staying = body.nodes.filter((inner) => !makers.has(inner.outputs[0]?.name));
  const trimmed: OnnxGraph = {
    ...body,
    nodes: staying,
    outputs: [...body.outputs.slice(0, carriedCount), ...kept.values()],
  };
  const direction = node.attributes['scan_output_directions'];
  const reverse = direction?.kind === 'ints' ? (direction.value[0] ?? 0) : 0;
  const results = builder.emit(
    'Scan',
    node.inputs,
    [
      ...node.outputs.slice(0, carriedCount),
      ...[...kept.values()].map(({ dtype, shape }) => ({ dtype, shape: [steps, ...shape] })),
    ],
    {
      ...node.attributes,
      body: attribute.graph(trimmed),
      scan_output_directions: attribute.ints(Array<number>(kept.size).fill(reverse)),
    },
  );
  const all = new Map(
    [...kept.keys()].map((name, index) => [name, results[carriedCount + index] as OnnxValue]),
  );
  const constants = new Map(body.constants.map(({ value, tensor }) => [value.name, tensor]));
  for (const moved of moving) {
    const inputs = moved.inputs.map((input) => {
      const tensor = input && constants.get(input.name);
      return tensor ? builder.constant(tensor) : input && (all.get(input.name) ?? input);
    });
    const output = moved.outputs[0] as OnnxValue;
    const described = { dtype: output.dtype, shape: [steps, ...output.shape] };
    all.set(output.name, builder.emitOne(moved.op, inputs, described, moved.attributes));
  }
  return [...results.slice(0, carriedCount), ...stacked.map(({ name }) => all.get(name) as OnnxValue)];
}

function scanInputCount(node: OnnxNode): number {
  const count = node.attributes['num_scan_inputs'];
  return count?.kind === 'int' ? count.value : 0;
}

/** Elementwise nodes that only stacked outputs and other such nodes read, in order. */
function movable(body: OnnxGraph, carriedCount: number): readonly OnnxNode[] {
  const needed = new Set(body.outputs.slice(0, carriedCount).map(({ name }) => name));
  const made = new Set(body.nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name)));
  const constants = new Map(body.constants.map(({ value }) => [value.name, value]));
  const moving: OnnxNode[] = [];
  for (const node of [...body.nodes].reverse()) {
    const output = node.outputs[0] as OnnxValue;
    const elementwise = isElementwiseUnary(node.op) || isElementwiseBroadcasting(node.op);
    // Operands of the full shape, or scalars, mean the same with an axis of steps in front.
    const aligned = node.inputs.every(
      (input) =>
        input &&
        ((made.has(input.name) && sameRank(input, output)) ||
          (constants.get(input.name)?.shape.length ?? -1) === 0),
    );
    if (elementwise && aligned && !needed.has(output.name)) moving.push(node);
    else for (const input of node.inputs) if (input) needed.add(input.name);
  }
  return moving.reverse();
}

const sameRank = (a: OnnxValue, b: OnnxValue): boolean => a.shape.length === b.shape.length;
