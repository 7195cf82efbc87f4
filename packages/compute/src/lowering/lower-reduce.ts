// Lowering of a fold over a dataset: one ONNX Loop. The columns stay outside of the body; each step gathers its
// batch by a row of the index tensor, so that a whole local epoch is one call of the engine, and examples kept
// as uint8 stay so until they are used. A dataset without steps gives the initial state.

import type { OnnxDType, OnnxValue } from '@starling/onnx';
import { attribute, type GraphBuilder } from '@starling/onnx';
import type { KernelGraph, ReduceNode, ValueId } from '../graph/kernel-graph.js';
import { type LoweringContext, specOf } from './lowering-context.js';
import { LoweringError } from './rules/lowering-rule.js';

export function lowerReduce(
  graph: KernelGraph,
  node: ReduceNode,
  builder: GraphBuilder,
  context: LoweringContext,
  read: (id: ValueId) => OnnxValue,
): readonly OnnxValue[] {
  const reduce = context.nextReduce();
  const leaf = context.leafOf.get(node.columns[0] as ValueId);
  if (leaf === undefined) {
    throw new LoweringError(
      'Cannot lower a sequence reduction: its dataset must be an argument of the local computation',
    );
  }
  const { body, view } = node;
  const source = { leaf, reduce, view } as const;
  const rows = view.batchSize === null ? [-1] : [-1, view.batchSize];

  const indices = builder.value('indices', { dtype: 'int32', shape: rows });
  context.feed({ kind: 'indices', name: indices.name, ...source }, indices);
  const steps = builder.emitOne(
    'Shape',
    [indices],
    { dtype: 'int64', shape: [1] },
    { start: attribute.int(0), end: attribute.int(1) },
  );
  const tripCount = builder.reshape(steps, []);

  const inner = builder.subgraph();
  const step = inner.value('step', { dtype: 'int64', shape: [] });
  const proceed = inner.value('proceed', { dtype: 'bool', shape: [] });
  const atStep = (input: OnnxValue): OnnxValue => inner.gather(input, step, 0);

  const states = node.initial.map((_, index) => inner.value('state', bodySpec(body, index)));
  const positions = atStep(indices);
  const elements = node.columns.map((column) => inner.gather(read(column), positions, 0));
  const bodyInputs = [...states, ...elements];
  if (view.batchSize !== null) {
    const mask = builder.value('mask', { dtype: 'float32', shape: rows });
    context.feed({ kind: 'mask', name: mask.name, ...source }, mask);
    bodyInputs.push(atStep(mask));
  }
  bodyInputs.push(...node.captures.map(read));

  let draws = 0;
  const bodyContext: LoweringContext = {
    lower: context.lower,
    leafOf: new Map(),
    feed: (feed, value) => {
      if (feed.kind !== 'random') throw new LoweringError('Cannot lower a nested sequence reduction');
      context.feed({ ...feed, ...source }, value);
    },
    nextDraw: () => draws++,
    nextReduce: () => {
      throw new LoweringError('Cannot lower a sequence reduction within another: flatten it, or run on tfjs');
    },
    random: (value) => {
      const all = builder.value('random', { dtype: value.dtype, shape: [-1, ...value.shape] });
      return { all, now: () => atStep(all) };
    },
  };
  const next = context.lower(body, inner, bodyContext, bodyInputs);
  const results = next.map((value) => inner.unary('Identity', value));
  const continues = inner.unary('Identity', proceed);
  const loopBody = inner.finish('body', [step, proceed, ...states], [continues, ...results]);

  return builder.emit(
    'Loop',
    [tripCount, null, ...node.initial.map(read)],
    node.outputs.map((id) => specOf(graph, id) as { dtype: OnnxDType; shape: readonly number[] }),
    { body: attribute.graph(loopBody) },
  );
}

const bodySpec = (body: KernelGraph, index: number) => specOf(body, body.inputs[index] as ValueId);
