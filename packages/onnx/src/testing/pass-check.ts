// What tests of passes share: the operators of a graph, and a check that a pass changes no value beyond rounding.
import type { Tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { GraphBuilder } from '../builder/graph-builder.js';
import { applyPass, type Pass } from '../builder/rewrite-graph.js';
import { encodeModel } from '../model/encode-model.js';
import { type OnnxGraph, type OnnxValue, subgraphOf } from '../model/onnx-model.js';
import { expandTiles } from '../passes/tile/expand-tiles.js';

/** Operators in order; a Loop or Scan is followed by those of its body in brackets. */
export function operatorsOf(graph: OnnxGraph): string {
  return graph.nodes
    .map((node) => {
      const body = subgraphOf(node);
      return body ? `${node.op}[${operatorsOf(body)}]` : node.op;
    })
    .join(' ');
}

/** A graph by its inputs' shapes (float32) and a function from inputs to outputs. */
export function graphOf(
  shapes: readonly (readonly number[])[],
  build: (builder: GraphBuilder, inputs: readonly OnnxValue[]) => readonly OnnxValue[],
): OnnxGraph {
  const builder = new GraphBuilder();
  const inputs = shapes.map((shape) => builder.value('argument', { dtype: 'float32', shape }));
  return builder.finish('test', inputs, build(builder, inputs));
}

/** The n-th input: numbers of both signs without ties. */
const fill = (n: number, i: number): number => Math.sin(1.7 * i + n) + 0.01 * n;

const filled = (graph: OnnxGraph): readonly Float32Array[] =>
  graph.inputs.map(({ shape }, n) => Float32Array.from({ length: sizeOf(shape) }, (_, i) => fill(n, i)));

/** What a graph computes from float32 inputs, operators on tiles expanded. */
export async function outputsOf(
  graph: OnnxGraph,
  inputs: readonly Float32Array[] = filled(graph),
): Promise<readonly Tensor[]> {
  const session = await ort.InferenceSession.create(encodeModel(applyPass(graph, expandTiles)), {
    graphOptimizationLevel: 'disabled',
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, shape }, n) => [
      name,
      new ort.Tensor('float32', inputs[n] as Float32Array, shape),
    ]),
  );
  const results = await session.run(feeds);
  const outputs = session.outputNames.map((name) => {
    const { type, dims, data } = results[name] as ort.Tensor;
    return { dtype: type, shape: [...dims], data } as unknown as Tensor;
  });
  await session.release();
  return outputs;
}

/**
 * Applies the pass, checks that both graphs give the same outputs within 1e-5 of the largest element (sums of a few
 * hundred float32 products in another order), and gives the new graph's operators. Operators on tiles are expanded to
 * run.
 */
export async function operatorsAfter(
  pass: Pass | ((graph: OnnxGraph) => OnnxGraph),
  graph: OnnxGraph,
): Promise<string> {
  const changed = typeof pass === 'function' ? pass(graph) : applyPass(graph, pass);
  const [before, after] = [await outputsOf(graph), await outputsOf(changed)];
  expect(after.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual(
    before.map(({ dtype, shape }) => ({ dtype, shape })),
  );
  before.forEach((expected, index) => {
    const values = Array.from(expected.data as ArrayLike<number>, Number);
    const scale = Math.max(1, ...values.map(Math.abs));
    values.forEach((value, i) => {
      const got = Number((after[index] as Tensor).data[i]);
      expect(Math.abs(got - value), `output ${index} at ${i}: ${got} for ${value}`).toBeLessThan(
        1e-5 * scale,
      );
    });
  });
  return operatorsOf(changed);
}
