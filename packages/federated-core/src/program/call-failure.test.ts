import { expect, test } from 'vitest';
import { compilePlan } from '../compile/compile-plan.js';
import { federatedComputation } from '../computations/federated-computation.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { plainLocal, plainRunner } from '../testing/plain-local.js';
import { atClients, float32 } from '../types/types.js';
import { explainFailure } from './call-failure.js';
import { runProgram } from './run-program.js';

test('`explainFailure` names the intrinsic and the line when a graph fails on a machine that knows only numbers', async () => {
  const broken = plainLocal(
    float32(),
    float32(),
    () => {
      throw new Error('out of memory');
    },
    'broken',
  );
  const plan = compilePlan(
    federatedComputation(atClients(float32()), (value) => federatedSum(federatedMap(broken, value))),
  );
  const input = [{ dtype: 'float32', shape: [], data: Float32Array.of(1) }] as const;
  const failure = runProgram(plan.phases[0]!.work, input, plainRunner, [0, 0]);
  await expect(failure).rejects.toMatchObject({
    code: 'computation-failed',
    message: 'Cannot run call 0: out of memory',
  });
  expect(explainFailure(plan, 'Cannot run call 0: out of memory')).toMatch(
    /^Cannot run federatedMap\(broken\) at .*call-failure\.test\.ts:\d+:\d+: out of memory$/,
  );
  expect(explainFailure({}, 'Cannot run call 0: out of memory')).toBe('Cannot run call 0: out of memory');
});

test('`explainFailure` names the aggregation of the phase and its line', () => {
  const sources = {
    calls: [],
    aggregations: [['federatedSum() at a.ts:1:2'], ['federatedMean() at a.ts:3:4']],
  };
  const text = 'Cannot add an update: need finite numbers, got NaN in model.bias of aggregation 0';
  expect(explainFailure({ sources }, text, 1)).toBe(
    'Cannot add an update: need finite numbers, got NaN in model.bias of federatedMean() at a.ts:3:4',
  );
  expect(explainFailure({ sources }, text)).toBe(text);
  expect(explainFailure({}, text, 1)).toBe(text);
});
