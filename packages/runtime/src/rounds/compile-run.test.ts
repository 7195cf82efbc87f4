import {
  atServer,
  federatedComputation,
  federatedValue,
  federatedZip,
  float32,
  iterativeProcess,
  type Tensor,
} from '@starling/federated-core';
import { assert, describe, test } from 'vitest';
import { compileRun } from './compile-run.js';

describe('compileRun', () => {
  const pace = atServer(float32(2));
  const computation = federatedComputation({ pace }, ({ pace }) => pace);
  const unnamed = federatedComputation(pace, (value) => value);
  const process = iterativeProcess({
    initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
    next: federatedComputation({ state: atServer(float32()), pace }, ({ state, pace }) => ({
      state,
      metrics: federatedZip({ pace }),
    })),
  });

  test('`compileRun` keeps the arguments when the arrays that held them are written to', () => {
    const state: readonly Tensor[] = [{ dtype: 'float32', shape: [], data: Float32Array.of(0) }];
    const sources = [
      (given: Float32Array) => compileRun({ computation, arguments: { pace: given } }),
      (given: Float32Array) => compileRun({ computation: unnamed, arguments: given }),
      (given: Float32Array) => compileRun({ process, arguments: { pace: given } }),
    ];
    for (const compile of sources) {
      const given = Float32Array.of(1, 2);
      const run = compile(given);
      given[0] = 9;
      assert.deepEqual(run.serverInput(state).at(-1)!.data, Float32Array.of(1, 2));
    }
  });

  test('`compileRun` gives metrics that are nobody else’s when they are an argument of the run', () => {
    const run = compileRun({ computation, arguments: { pace: [1, 2] } });
    const metrics = run.metricsOf(run.serverInput([])) as Tensor;
    (metrics.data as Float32Array)[0] = 9;
    assert.deepEqual(run.serverInput([])[0]!.data, Float32Array.of(1, 2));
  });
});
