import { createOnnxEngine } from '@starling/compute/onnx';
import {
  atClients,
  compilePlan,
  federatedComputation,
  federatedSum,
  float32,
  tensor,
} from '@starling/federated-core';
import { linkPlan } from '@starling/plan/link';
import { createPlanRunner } from '@starling/plan/runner';
import { assert, test } from 'vitest';
import { createLaneFold } from '../../fold/lane-fold.js';
import { createSumMemory } from './sum-memory.js';

const LENGTH = 600; // more than vectors are called for
const COHORT = 9;

test('`createSumMemory` has every phase begin from zeros, in memory used again, and changes no bit', async () => {
  const type = float32(LENGTH);
  const plan = compilePlan(
    federatedComputation({ value: atClients(type) }, ({ value }) => federatedSum(value)),
  );
  const linked = linkPlan(plan);
  const engine = await createOnnxEngine();
  const sums = await createSumMemory(linked, engine);
  const { aggregations } = linked.plan.phases[0]!;
  // Cancelling values, whose float64 sums depend on the order of additions.
  const numberOf = (client: number, index: number) => [1e16, 3, -1e16, index + 0.1][client % 4]!;
  const updates = Array.from({ length: COHORT }, (_, client) =>
    tensor(
      'float32',
      [LENGTH],
      Float32Array.from({ length: LENGTH }, (_, index) => numberOf(client, index)),
    ),
  );
  async function fold(inCells: boolean) {
    const runner = await createPlanRunner(
      linked,
      engine,
      ['aggregation'],
      inCells ? sums.vectors : undefined,
    );
    const reductions = runner.reductions(0);
    const lanes = createLaneFold({
      ...{ aggregations, reductions, laneSize: 2, cohortSize: COHORT },
      ...(inCells && { sums: sums.begin(0, reductions) }),
    });
    // The last lane first, so that lanes lie in cells side by side.
    for (let position = COHORT - 1; position >= 0; position--)
      await lanes.accept(position, [updates[position]!]);
    const [accumulator] = await lanes.finish();
    return accumulator![0]!.data as Float64Array;
  }
  const expected = await fold(false);
  for (const round of [1, 2, 3]) {
    const sum = await fold(true);
    assert.isFalse(sum.buffer instanceof ArrayBuffer, `round ${round}`);
    assert.deepEqual(Array.from(sum), Array.from(expected), `round ${round}`);
  }
  await engine.dispose();
});
