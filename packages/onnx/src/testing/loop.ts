// A Loop of three steps for tests of passes: one state, and values of the graph around it.
import { tensor } from '@starling/federated-core';
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxGraph, OnnxValue } from '../model/onnx-model.js';
import { graphOf } from './pass-check.js';

export interface StepParts {
  readonly builder: GraphBuilder;
  readonly step: OnnxValue;
  readonly state: OnnxValue;
  /** The graph's inputs; the first is also the initial state. */
  readonly outer: readonly OnnxValue[];
}

const STEPS = 3;

export function loopOf(
  shapes: readonly (readonly number[])[],
  body: (parts: StepParts) => OnnxValue,
): OnnxGraph {
  return graphOf(shapes, (builder, outer) => {
    const initial = outer[0] as OnnxValue;
    const inner = builder.subgraph();
    const step = inner.value('step', { dtype: 'int64', shape: [] });
    const proceed = inner.value('proceed', { dtype: 'bool', shape: [] });
    const state = inner.value('state', initial);
    const next = body({ builder: inner, step, state, outer });
    const graph = inner.finish('body', [step, proceed, state], [inner.unary('Identity', proceed), next]);
    const steps = builder.constant(tensor('int64', [], BigInt64Array.of(BigInt(STEPS))));
    return builder.emit('Loop', [steps, null, initial], [initial], { body: attribute.graph(graph) });
  });
}
