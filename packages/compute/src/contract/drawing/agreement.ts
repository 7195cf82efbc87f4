// How the engine contract compares: an engine's result on a captured body against the same body run eagerly, without
// any capture, on the cpu backend of tf.js.
import { type LocalComputation, type Tensor, tensorType } from '@starling/federated-core';
import { assert } from 'vitest';
import { localComputation } from '../../capture/local-computation.js';
import { structureTensors, type TensorStructure } from '../../capture/recording/structure.js';
import type { Engine } from '../../engine/engine.js';
import { fromTf, toTf } from '../../engines/tfjs/tfjs-tensors.js';
import { compileGraph } from '../../lowering/compile-graph.js';
import { onBackend, scoped } from '../../tensorflow/scopes.js';
import type * as tf from '../../tensorflow/tf.js';

/** Relative to the largest magnitude of the tensor, and at least to 1. */
const TOLERANCE = 1e-5;

export type Body = (inputs: readonly tf.Tensor[]) => TensorStructure;

/** A local computation of tensors of the inputs' types. */
export function captured(name: string, inputs: readonly Tensor[], body: Body): LocalComputation {
  const types = Object.fromEntries(
    inputs.map(({ dtype, shape }, index) => [`x${index}`, tensorType(dtype, shape)]),
  );
  const local = localComputation(types, (argument) => body(Object.values(argument) as tf.Tensor[]), { name });
  return local as LocalComputation;
}

/** What the body gives without capturing. */
export function eagerly(inputs: readonly Tensor[], body: Body): readonly Tensor[] {
  return onBackend('cpu', () =>
    scoped(() => structureTensors(body(inputs.map(toTf)), 'the result').map(fromTf)),
  );
}

export async function runOn(
  engine: Engine,
  local: LocalComputation,
  inputs: readonly Tensor[],
): Promise<readonly Tensor[]> {
  const loaded = await engine.load(compileGraph(local));
  const outputs = await loaded.run(inputs, [1, 2]);
  await loaded.dispose();
  return outputs;
}

/** Fails if an output differs in type or shape, or in a value by more than the tolerance. */
export function assertAgree(what: string, actual: readonly Tensor[], expected: readonly Tensor[]): void {
  assert.strictEqual(actual.length, expected.length, `${what}: number of outputs`);
  for (const [index, { dtype, shape, data }] of expected.entries()) {
    const output = actual[index] as Tensor;
    assert.strictEqual(output.dtype, dtype, `${what}: element type of output ${index}`);
    assert.deepEqual([...output.shape], [...shape], `${what}: shape of output ${index}`);
    const values = Array.from(data as Float32Array);
    const finite = values.filter(Number.isFinite).map(Math.abs);
    const allowed = TOLERANCE * Math.max(1, ...finite);
    for (const [position, value] of values.entries()) {
      const got = Number((output.data as Float32Array)[position]);
      const close = Number.isFinite(value) ? Math.abs(got - value) <= allowed : Object.is(got, value);
      assert(close, `${what}: output ${index} at ${position} must be ${value}, got ${got}`);
    }
  }
}
