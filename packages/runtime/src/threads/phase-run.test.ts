import { float32, type Tensor, tensor } from '@starling/federated-core';
import { createReduction } from '@starling/federated-core/plan';
import type { ClientReport } from '@starling/plan/runner';
import { assert, describe, expect, test } from 'vitest';
import type { PhaseRequest } from '../runtime/runtime.js';
import { CellPool } from './memory/cell-pool.js';
import { PhaseRun } from './phase-run.js';

const reductions = [createReduction({ kind: 'sum', update: float32(), result: float32() }, () => [])];
const sums = (value: number): Tensor[][] => [[tensor('float64', [], Float64Array.of(value))]];
const accepted = (client: string): ClientReport => ({ client, status: 'accepted' });

/** A phase of lanes of one client each, with these costs. */
function phaseOf(costs: readonly number[], window: number) {
  const cells = new CellPool(window + 1);
  const cohort = costs.map((_, index) => index);
  const request: PhaseRequest = { round: 1, phase: 0, seed: [0, 0], cohort, broadcast: [] };
  const run = new PhaseRun({
    request,
    laneSize: 1,
    window,
    reductions,
    cells,
    cost: (client) => costs[client]!,
  });
  return { run, cells };
}

describe('PhaseRun', () => {
  test('`PhaseRun` gives out the longest lane first, and equal ones in order', async () => {
    const { run } = phaseOf([1, 5, 3, 5], 4);
    assert.deepEqual(
      [run.take(), run.take(), run.take(), run.take(), run.take()].map((task) => task?.lane),
      [1, 3, 2, 0, undefined],
    );
  });

  test('`PhaseRun` holds lanes back that are beyond the window, until earlier ones are merged', async () => {
    const { run } = phaseOf([1, 2, 9], 2);
    const [second, first] = [run.take()!, run.take()!];
    assert.deepEqual([second.lane, first.lane, run.take()], [1, 0, null]);
    await run.done(first, sums(1), [accepted('0')]);
    assert.equal(run.take()?.lane, 2);
  });

  test('`PhaseRun` uses cells again once their lanes are merged, but keeps the first, which became the total', async () => {
    const { run } = phaseOf([3, 2, 1, 1], 1);
    const cells: (number | null)[] = [];
    for (let lane = 0; lane < 4; lane++) {
      const task = run.take()!;
      cells.push(task.cell);
      await run.done(task, sums(lane), [accepted(String(lane))]);
    }
    assert.deepEqual(cells, [0, 1, 1, 1]);
    const { accumulators, reports } = await run.outcome;
    assert.equal(Number(accumulators[0]![0]!.data[0]), 0 + 1 + 2 + 3);
    assert.deepEqual(reports, ['0', '1', '2', '3'].map(accepted));
  });

  test('`PhaseRun` keeps the cell of the first lane that has sums when no client of earlier lanes is left', async () => {
    const { run } = phaseOf([4, 3, 2, 1], 1);
    const cells: (number | null)[] = [];
    for (let lane = 0; lane < 4; lane++) {
      const task = run.take()!;
      cells.push(task.cell);
      await run.done(task, lane === 0 ? null : sums(lane), [accepted(String(lane))]);
    }
    // Lane 0 frees its cell, lane 1 takes it and keeps it.
    assert.deepEqual(cells, [0, 0, 1, 1]);
  });

  test('`PhaseRun` gives a lane out again when it was put back, in its own cell', async () => {
    const { run } = phaseOf([1, 1], 2);
    const task = run.take()!;
    const { cell } = task;
    run.putBack(task);
    assert.equal(run.take(), task);
    assert.equal(task.cell, cell);
  });

  test('`PhaseRun` fails only once no worker has a lane any longer', async () => {
    const { run } = phaseOf([1, 1, 1], 3);
    const [first, second] = [run.take()!, run.take()!];
    let settled = false;
    const outcome = run.outcome.finally(() => {
      settled = true;
    });
    run.fail(new Error('operators'));
    assert.isNull(run.take());
    await run.done(first, sums(1), [accepted('0')]);
    assert.isFalse(settled);
    run.putBack(second);
    await expect(outcome).rejects.toThrow('operators');
  });
});
