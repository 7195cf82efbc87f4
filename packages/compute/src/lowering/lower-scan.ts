// Lowering of a walk over the steps of tensors, as recurrent layers and their gradients are: one ONNX Scan.

import type { OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder } from '@starling/onnx';
import type { KernelGraph, ScanNode, ValueId } from '../graph/kernel-graph.js';
import { type LoweringContext, specOf } from './lowering-context.js';
import { LoweringError } from './rules/lowering-rule.js';

export function lowerScan(
  graph: KernelGraph,
  node: ScanNode,
  builder: GraphBuilder,
  context: LoweringContext,
  read: (id: ValueId) => OnnxValue,
): readonly OnnxValue[] {
  const { body } = node;
  const carried = node.initial.length;
  const inner = builder.subgraph();
  const inputOf = (prefix: string, index: number): OnnxValue =>
    inner.value(prefix, specOf(body, body.inputs[index] as ValueId));
  const states = node.initial.map((_, index) => inputOf('state', index));
  const slices = node.sequences.map((_, index) => inputOf('scanned', carried + index));
  const refuse = (what: string) => (): never => {
    throw new LoweringError(`Cannot lower ${what} within a scan: move it out of the recurrent part`);
  };
  const bodyContext: LoweringContext = {
    lower: context.lower,
    leafOf: new Map(),
    feed: refuse('an input'),
    nextDraw: refuse('random numbers'),
    nextReduce: refuse('a sequence reduction'),
  };
  const next = context.lower(body, inner, bodyContext, [...states, ...slices, ...node.captures.map(read)]);
  const results = next.map((value) => inner.unary('Identity', value));
  const direction = node.reverse ? 1 : 0;
  const stacked = node.outputs.length - carried;
  return builder.emit(
    'Scan',
    [...node.initial.map(read), ...node.sequences.map(read)],
    node.outputs.map((id) => specOf(graph, id)),
    {
      body: attribute.graph(inner.finish('body', [...states, ...slices], results)),
      num_scan_inputs: attribute.int(node.sequences.length),
      scan_input_directions: attribute.ints(node.sequences.map(() => direction)),
      scan_output_directions: attribute.ints(Array<number>(stacked).fill(direction)),
    },
  );
}
