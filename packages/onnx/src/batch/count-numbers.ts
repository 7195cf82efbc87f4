// How much a graph computes for one client: the numbers of all its values, those of rows and steps apart.
import { type OnnxGraph, type OnnxValue, subgraphOf } from '../model/onnx-model.js';

export interface NumberCount {
  /** Whatever the length of a dataset. */
  readonly fixed: number;
  /** For each row of a dataset, in each step. */
  readonly perRow: number;
}

/** The numbers that the nodes of a graph give, inputs included; a step counts as a row. */
export function countNumbers(graph: OnnxGraph): NumberCount {
  let [fixed, perRow] = [0, 0];
  const count = ({ shape }: OnnxValue, inStep: boolean): void => {
    const size = shape.reduce((product, each) => product * Math.max(1, each), 1);
    if (inStep || shape.includes(-1)) perRow += size;
    else fixed += size;
  };
  const walk = ({ inputs, nodes }: OnnxGraph, inStep: boolean): void => {
    for (const input of inputs) count(input, inStep);
    for (const node of nodes) {
      for (const output of node.outputs) count(output, inStep);
      const body = subgraphOf(node);
      if (body !== null) walk(body, true);
    }
  };
  walk(graph, false);
  return { fixed, perRow };
}
