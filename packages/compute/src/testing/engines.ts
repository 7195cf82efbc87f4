// For tests that run a local computation: its outputs as plain numbers.
import type { LocalComputation, Seed, Tensor } from '@starling/federated-core';
import { createOnnxEngine } from '../engines/onnx/onnx-engine.js';
import { createTfjsEngine } from '../engines/tfjs/tfjs-engine.js';
import { compileGraph } from '../lowering/compile-graph.js';

export const ENGINES = [
  ['onnx', createOnnxEngine],
  ['tfjs', createTfjsEngine],
] as const;

/** Numbers of each output of one run. */
export async function runLocal(
  makeEngine: (typeof ENGINES)[number][1],
  local: LocalComputation,
  argument: readonly Tensor[],
  seed: Seed = [1, 2],
): Promise<readonly (readonly number[])[]> {
  const engine = await makeEngine();
  const loaded = await engine.load(compileGraph(local));
  const outputs = await loaded.run(argument, seed);
  await loaded.dispose();
  await engine.dispose();
  return outputs.map(({ data }) => Array.from(data as Float32Array));
}
