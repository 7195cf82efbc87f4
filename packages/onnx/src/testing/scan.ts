// A Scan of five steps for tests of passes: one state [2, 3], one sequence, and values of the graph around it.
import { attribute, type GraphBuilder } from '../builder/graph-builder.js';
import type { OnnxGraph, OnnxValue } from '../model/onnx-model.js';
import { graphOf } from './pass-check.js';

export interface ScanParts {
  readonly builder: GraphBuilder;
  readonly state: OnnxValue;
  readonly slice: OnnxValue;
  readonly outer: readonly OnnxValue[];
}

const STEPS = 5;
const STATE = [2, 3];

/** `body` gives the new state, then the results that are stacked. */
export function scanOf(
  more: readonly (readonly number[])[],
  body: (parts: ScanParts) => readonly [OnnxValue, ...OnnxValue[]],
  reverse = false,
): OnnxGraph {
  return graphOf([STATE, [STEPS, ...STATE], ...more], (builder, [initial, sequence, ...outer]) => {
    const inner = builder.subgraph();
    const state = inner.value('state', { dtype: 'float32', shape: STATE });
    const slice = inner.value('scanned', { dtype: 'float32', shape: STATE });
    const [next, ...stacked] = body({ builder: inner, state, slice, outer });
    const graph = inner.finish('body', [state, slice], [next, ...stacked]);
    const direction = reverse ? 1 : 0;
    return builder.emit(
      'Scan',
      [initial as OnnxValue, sequence as OnnxValue],
      [next, ...stacked.map(({ dtype, shape }) => ({ dtype, shape: [STEPS, ...shape] }))],
      {
        body: attribute.graph(graph),
        num_scan_inputs: attribute.int(1),
        scan_input_directions: attribute.ints([direction]),
        scan_output_directions: attribute.ints(stacked.map(() => direction)),
      },
    );
  });
}
