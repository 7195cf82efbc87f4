import { readFileSync } from 'node:fs';
import { tensor } from '@starling/federated-core';
import type { ClientReport, Leaves } from '@starling/plan/runner';
import { describe, expect, test } from 'vitest';
import type { LaneAccumulators } from './ordered-merge.js';
import { type LaneClient, type LanePhase, sumLane } from './sum-lane.js';

const scalar = (value: number): Leaves => [tensor('float32', [], Float32Array.of(value))];
const numberIn = (leaves: Leaves): number => Number(leaves[0]!.data[0]);
const client = (name: string, value: number): LaneClient => ({
  client: name,
  load: () => scalar(value),
  slices: () => [],
});

/** The work doubles what a client holds; sums are written down in order. */
const added: number[] = [];
const phase: LanePhase = {
  phase: 0,
  runner: { work: async (_, __, own) => scalar(2 * numberIn(own)) },
  check: () => null,
  alter: (update) => update,
  async accumulate(accumulators, update) {
    added.push(numberIn(update));
    return [scalar(numberIn(accumulators[0]!) + numberIn(update))];
  },
};
const request = { broadcast: [], seed: [1, 2], zeros: () => [scalar(0)] } as const;
const sumOf = (accumulators: LaneAccumulators | null) => accumulators && numberIn(accumulators[0]!);

describe('sumLane', () => {
  test('`sumLane` adds updates in order and passes reports on', async () => {
    added.length = 0;
    const gone: ClientReport = { client: 'b', status: 'dropped', code: 'load-failed', reason: 'no disk' };
    const sums = await sumLane(phase, { ...request, clients: [client('a', 1), gone, client('c', 3)] });
    expect(added).toEqual([2, 6]); // twice 1 and twice 3
    expect(sumOf(sums!.accumulators)).toBe(8);
    expect(sums!.reports).toEqual([
      { client: 'a', status: 'accepted' },
      gone,
      { client: 'c', status: 'accepted' },
    ]);
  });

  test('`sumLane` gives no sums when no client is left', async () => {
    const failing: LaneClient = {
      ...client('a', 1),
      load() {
        throw new Error('no disk');
      },
    };
    const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n');
    const line = lines.findIndex((text) => text.includes("throw new Error('no disk')")) + 1;
    const sums = await sumLane(phase, { ...request, clients: [failing] });
    expect(sums).toEqual({
      reports: [
        {
          client: 'a',
          status: 'dropped',
          code: 'load-failed',
          reason: `no disk (at sum-lane.test.ts:${line}:15)`,
        },
      ],
      accumulators: null,
    });
  });

  test('`sumLane` leaves the lane when it is told to, between two clients', async () => {
    let asked = 0;
    const worked: (number | null)[] = [];
    const sums = await sumLane(phase, {
      ...request,
      clients: [client('a', 1), client('b', 1)],
      mayGoOn: () => ++asked < 2,
      worked: (accumulators) => void worked.push(sumOf(accumulators)),
    });
    expect(sums).toBeNull();
    expect(worked).toEqual([2]);
  });
});
