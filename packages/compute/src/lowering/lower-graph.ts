// Lowers a kernel graph to an ONNX graph and the list of its inputs: from *compile* to *run* in the line
// write → trace → compile → run. One rule a kernel does the work (rules/); a fold over a dataset becomes one
// Loop (lower-reduce.ts), a walk over steps one Scan (lower-scan.ts).

import type { OnnxGraph, OnnxValue } from '@starling/onnx';
import { GraphBuilder, sameShape } from '@starling/onnx';
import type { Feed } from '../graph/feeds/feeds.js';
import type { GraphNode, KernelGraph, KernelNode, ValueId, ValueSpec } from '../graph/kernel-graph.js';
import { lowerLength } from './lower-length.js';
import { lowerRandom } from './lower-random.js';
import { lowerReduce } from './lower-reduce.js';
import { lowerScan } from './lower-scan.js';
import { type LoweringContext, specOf } from './lowering-context.js';
import { maskBeforePoolGradient } from './mask-before-pool-gradient.js';
import { loweringRules } from './rules/index.js';
import { KernelCall, LoweringError } from './rules/lowering-rule.js';

export interface LoweredGraph {
  readonly onnx: OnnxGraph;
  /** Inputs of the ONNX graph, in its order. */
  readonly feeds: readonly Feed[];
}

/** Throws a `LoweringError` that names the kernel if one cannot be expressed in ONNX. */
export function lowerGraph(graph: KernelGraph): LoweredGraph {
  const builder = new GraphBuilder();
  const feeds: Feed[] = [];
  const inputs: OnnxValue[] = [];
  let draws = 0;
  let reduces = 0;
  const context: LoweringContext = {
    leafOf: new Map(graph.inputs.map((value, leaf) => [value, leaf])),
    feed: (feed, value) => {
      feeds.push(feed);
      inputs.push(value);
    },
    nextDraw: () => draws++,
    nextReduce: () => reduces++,
    lower: lowerNodes,
  };
  const arguments_ = graph.inputs.map((id, leaf) => {
    const value = builder.value(`argument${leaf}`, specOf(graph, id));
    context.feed({ kind: 'argument', name: value.name, leaf }, value);
    return value;
  });
  const outputs = lowerNodes(graph, builder, context, arguments_);
  // An output that is also an input, or stands twice, needs a node of its own.
  const seen = new Set<string>(arguments_.map(({ name }) => name));
  const named = outputs.map((output) => {
    const fresh = seen.has(output.name) ? builder.unary('Identity', output) : output;
    seen.add(fresh.name);
    return fresh;
  });
  return { onnx: builder.finish('starling', inputs, named), feeds };
}

/** Lowers all nodes of a graph whose inputs are already values; gives its outputs. */
function lowerNodes(
  graph: KernelGraph,
  builder: GraphBuilder,
  context: LoweringContext,
  inputs: readonly OnnxValue[],
): readonly OnnxValue[] {
  const values = new Map<ValueId, OnnxValue>();
  graph.inputs.forEach((id, index) => {
    values.set(id, inputs[index] as OnnxValue);
  });
  for (const { value, tensor } of graph.constants) values.set(value, builder.constant(tensor));
  const read = (id: ValueId): OnnxValue => {
    const value = values.get(id);
    if (!value) throw new LoweringError(`Cannot lower a kernel graph: value ${id} is read before it is made`);
    return value;
  };
  const { values: specs, nodes } = maskBeforePoolGradient(graph);
  for (const node of nodes) {
    const made = lowerNode({ ...graph, values: specs }, node, builder, context, read);
    made.forEach(([id, value]) => {
      values.set(id, value);
    });
  }
  return graph.outputs.map(read);
}

function lowerNode(
  graph: KernelGraph,
  node: GraphNode,
  builder: GraphBuilder,
  context: LoweringContext,
  read: (id: ValueId) => OnnxValue,
): readonly (readonly [ValueId, OnnxValue])[] {
  switch (node.op) {
    case 'kernel': {
      const outputs = lowerKernel(graph, node, builder, read);
      return node.outputs.map((id, index) => [id, outputs[index] as OnnxValue]);
    }
    case 'reduce': {
      const outputs = lowerReduce(graph, node, builder, context, read);
      return node.outputs.map((id, index) => [id, outputs[index] as OnnxValue]);
    }
    case 'scan': {
      const outputs = lowerScan(graph, node, builder, context, read);
      return node.outputs.map((id, index) => [id, outputs[index] as OnnxValue]);
    }
    case 'length':
      return [[node.output, lowerLength(builder, read(node.columns[0] as ValueId))]];
    case 'random':
      return [[node.output, lowerRandom(node, specOf(graph, node.output), builder, context)]];
  }
}

function lowerKernel(
  graph: KernelGraph,
  node: KernelNode,
  builder: GraphBuilder,
  read: (id: ValueId) => OnnxValue,
): readonly OnnxValue[] {
  const inputs = new Map(
    Object.entries(node.inputs).map(([name, ids]) => [
      name,
      (typeof ids === 'number' ? [ids] : ids).map(read),
    ]),
  );
  const specs = node.outputs.map((id) => specOf(graph, id));
  const result = loweringRules[node.kernel](builder, new KernelCall(node, inputs, specs));
  const outputs = Array.isArray(result) ? (result as readonly OnnxValue[]) : [result as OnnxValue];
  specs.forEach((spec, index) => {
    checkLowered(node.kernel, spec, outputs[index]);
  });
  return outputs;
}

/** A rule that gives another type or shape than capture foresaw is a defect of one of the two. */
function checkLowered(kernel: string, spec: ValueSpec, value: OnnxValue | undefined): void {
  if (value && value.dtype === spec.dtype && sameShape(value.shape, spec.shape)) return;
  throw new LoweringError(
    `Cannot lower ${kernel}: captured as ${describe(spec)}, but lowered to ${value ? describe(value) : 'nothing'}`,
  );
}

const describe = ({ dtype, shape }: ValueSpec | OnnxValue): string => `${dtype}[${shape.join(',')}]`;
