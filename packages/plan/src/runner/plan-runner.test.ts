import { createOnnxEngine, localComputation, tf } from '@starling/compute';
import {
  atClients,
  atServer,
  compilePlan,
  federatedComputation,
  federatedSelect,
  federatedSequenceSum,
  federatedSum,
  float32,
  int32,
  tensor,
} from '@starling/federated-core';
import { expect, test } from 'vitest';
import { linkPlan } from '../link/link-plan.js';
import { createPlanRunner } from './plan-runner.js';

test('`createPlanRunner` lets the event loop turn while it slices many keys', async () => {
  const rowOf = localComputation({ table: float32(2000), key: int32() }, ({ table, key }) =>
    tf.gather(table, key),
  );
  const plan = linkPlan(
    compilePlan(
      federatedComputation(
        { keys: atClients(int32(null)), table: atServer(float32(2000)) },
        ({ keys, table }) =>
          federatedSum(federatedSequenceSum(federatedSelect(table, { keys, keyBound: 2000, slice: rowOf }))),
      ),
    ),
  );
  const engine = await createOnnxEngine();
  const runner = await createPlanRunner(plan, engine, ['server']);
  const all = Int32Array.from({ length: 2000 }, (_, key) => key);
  let turns = 0;
  let done = false;
  const turn = (): void => {
    turns++;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  const table = tensor('float32', [2000], Float32Array.from(all));
  const [slices] = await runner.select(1, [table], () => [all], [0, 1]);
  done = true;
  expect(turns).toBeGreaterThanOrEqual(7); // 2,000 slices, 256 a turn
  expect(slices!.rows).toEqual([table]);
  await runner.dispose();
  await engine.dispose();
});
