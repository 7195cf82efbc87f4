// Whole runs whose rounds do not wait: what they come to, against arithmetic; and the same after a restart anywhere.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedFrom } from '@starling/federated-core';
import { uniformSampler } from '@starling/population';
import { type AsynchronousSettings, createVirtualSteps, type Flight } from '@starling/rounds';
import { memoryStore } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { describe, expect, test } from 'vitest';
import { createDrawFaults } from '../faults/draw-faults.js';
import { readFaults } from '../faults/read-faults.js';
import type { RecordLine, RoundLine } from '../record/record-line.js';
import { drifting, driftingOptions, heldBy, holders } from '../testing/drifting.js';
import { growth, numberOf } from '../testing/growth.js';
import type { RoundRecord, RunOptions, RunResult } from './run-options.js';
import { runRounds } from './run-rounds.js';
import { sampleCohort } from './sample-cohort.js';

const run = (more: Partial<RunOptions> = {}): Promise<RunResult> => runRounds(driftingOptions(more));

/** The states of such a run by arithmetic: its steps by the machine, its numbers by hand. */
function statesByHand(settings: Omit<AsynchronousSettings, 'clock'>, more: Partial<RunOptions> = {}) {
  const options = driftingOptions(more);
  const seed = seedFrom(options.seed);
  const draw = createDrawFaults(readFaults(options.faults), seed);
  const latencyOf = ({ client, version, attempt }: Flight) =>
    draw(client, options.population.clientId(client), { round: version + 1, attempt, phase: 0 }).latencyMs;
  const { size } = options.population;
  const steps = createVirtualSteps({
    settings,
    population: size,
    draw: (index) => sampleCohort(options, seed, index),
    latencyOf,
  });
  const states = [0];
  const told: { readonly staleness: readonly number[]; readonly tooStale: number }[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const { reports, refused } = steps.due();
    // s ← s + Σ (x_i − s_v) / √(1 + τ) / K, in float32, and its sum in float64.
    const sum = reports.reduce(
      (before, { client, version, staleness }) =>
        before + Math.fround(heldBy(client) - states[version]!) * (1 + staleness) ** -0.5,
      0,
    );
    states.push(Math.fround(states.at(-1)! + Math.fround(sum / reports.length)));
    told.push({ staleness: reports.map(({ staleness }) => staleness), tooStale: refused.length });
    steps.over(true);
  }
  return { states, told };
}

describe('asynchronous', () => {
  test('`runRounds` folds reports of several versions into each state, by arithmetic', async () => {
    const records: RoundRecord[] = [];
    const result = await run({ onRound: (record) => void records.push(record as RoundRecord) });
    const { states, told } = statesByHand({ buffer: 3, concurrency: 8, maxStaleness: 30 });
    expect(records.map(({ state }) => numberOf(state))).toEqual(states.slice(1));
    expect(records.map(({ step }) => step?.staleness)).toEqual(told.map(({ staleness }) => staleness));
    expect(numberOf(result.state)).toBe(states.at(-1));
    // The test is of something: updates of several ages are in it.
    expect(new Set(told.flatMap(({ staleness }) => staleness)).size).toBeGreaterThan(2);
  });

  test('`runRounds` refuses reports that are too stale, and says how many', async () => {
    const lines: RecordLine[] = [];
    const result = await run({
      asynchronous: { buffer: 3, concurrency: 8, maxStaleness: 1 },
      rounds: 30,
      onRecord: (line) => void lines.push(line),
    });
    const { states, told } = statesByHand({ buffer: 3, concurrency: 8, maxStaleness: 1 }, { rounds: 30 });
    expect(numberOf(result.state)).toBe(states.at(-1));
    const rounds = lines.filter((line): line is RoundLine => line.type === 'round');
    expect(rounds.map(({ tooStale }) => tooStale)).toEqual(told.map(({ tooStale }) => tooStale));
    expect(told.some(({ tooStale }) => tooStale > 0)).toBe(true);
    for (const { staleness = [], virtualMs } of rounds) {
      expect(staleness.reduce((sum, count) => sum + count, 0)).toBe(3);
      expect(staleness.length).toBeLessThanOrEqual(2);
      expect(virtualMs).toBeGreaterThanOrEqual(0);
    }
  });

  test('`runRounds` ends as a synchronous run where all take equally long, and all are waited for', async () => {
    const faults: RunOptions['faults'] = {
      stragglers: [{ latency: { distribution: 'constant', ms: 5 } }],
    };
    const alike = await run({ faults, asynchronous: { buffer: 3, concurrency: 3 } });
    const { asynchronous: _, ...synchronous } = driftingOptions({ faults });
    expect(alike.stateHash).toBe((await runRounds(synchronous)).stateHash);
  });

  test('`runRounds` ends as an unbroken run when it is taken up again after any round', async () => {
    const whole = (await run()).stateHash;
    for (let rounds = 1; rounds < 12; rounds++) {
      const store = memoryStore();
      await run({ rounds, store });
      expect((await run({ store })).stateHash, `after round ${rounds}`).toBe(whole);
    }
  });

  test('`runRounds` ends as an unbroken run when it is broken off in each of its rounds, in a directory', async () => {
    const whole = (await run()).stateHash;
    const directory = await mkdtemp(join(tmpdir(), 'starling-asynchronous-'));
    try {
      for (let round = 1; ; round++) {
        const store = directoryStore(directory);
        const controller = new AbortController();
        const population = holders(20);
        let loads = 0;
        // In the middle of the second round of this start: a round asks three clients.
        const load = (index: number) => {
          if (++loads === 5) controller.abort();
          return population.load(index);
        };
        const result = await run({ store, signal: controller.signal, population: { ...population, load } });
        await store.close();
        if (!result.interrupted) {
          expect(result.stateHash).toBe(whole);
          expect(round).toBe(12); // each start before has come one round further
          break;
        }
      }
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('`runRounds` voids the reports of an attempt that fails, and ends the same after a restart', async () => {
    // Client 7 has no data, and every report must count: each attempt that it is in fails.
    const population = { ...holders(20) };
    const load = (index: number) => {
      if (index === 7) throw new Error('no data');
      return holders(20).load(index);
    };
    const faulty = { population: { ...population, load }, minReports: 3, maxAttempts: 5 };
    const failed: number[] = [];
    const whole = await run({ ...faulty, onFailedRound: ({ round }) => void failed.push(round) });
    expect(failed.length).toBeGreaterThan(0);
    for (const rounds of [1, 3, failed[0]!, 8]) {
      const store = memoryStore();
      await run({ ...faulty, rounds, store, onFailedRound: () => {} });
      expect((await run({ ...faulty, store, onFailedRound: () => {} })).stateHash).toBe(whole.stateHash);
    }
  });

  test('`runRounds` tells the time since the round before, with attempts that failed in between, once', async () => {
    // An attempt with client 7 fails: it has no data, and every report must count.
    const load = (index: number) => {
      if (index === 7) throw new Error('no data');
      return holders(20).load(index);
    };
    const lines: RecordLine[] = [];
    await run({
      population: { ...holders(20), load },
      minReports: 3,
      maxAttempts: 5,
      asynchronous: { buffer: 3, concurrency: 3 },
      faults: { stragglers: [{ latency: { distribution: 'constant', ms: 1000 } }] },
      onRecord: (line) => void lines.push(line),
    });
    const failed = lines.flatMap((line) => (line.type === 'failed-round' ? [line.round] : []));
    expect(failed.length).toBeGreaterThan(0);
    const rounds = lines.filter((line): line is RoundLine => line.type === 'round');
    // Three at work in steps of three: a second an attempt.
    expect(rounds.map(({ virtualMs }) => virtualMs)).toEqual(
      rounds.map(({ round }) => 1000 * (1 + failed.filter((of) => of === round).length)),
    );
  });

  test('`runRounds` counts the staleness of the reports that are accepted, and of no other', async () => {
    const load = (index: number) => {
      if (index === 7) throw new Error('no data');
      return holders(20).load(index);
    };
    const records: RoundRecord[] = [];
    await run({
      population: { ...holders(20), load },
      onRound: (record) => void records.push(record as RoundRecord),
    });
    const accepted = records.map(
      ({ reports }) => reports.filter(({ status }) => status === 'accepted').length,
    );
    expect(Math.min(...accepted)).toBe(2); // client 7 is in one
    expect(records.map(({ step }) => step!.staleness.length)).toEqual(accepted);
  });

  test('`runRounds` simulates faults of clients, and counts them', async () => {
    const lines: RecordLine[] = [];
    const faults: RunOptions['faults'] = {
      deadlineMs: 300,
      stragglers: [{ latency: { distribution: 'exponential', meanMs: 100 } }],
      dropouts: [{ probability: 0.2 }],
      byzantine: [{ probability: 0.2, how: 'zero' }],
    };
    const once = await run({ faults, rounds: 20, onRecord: (line) => void lines.push(line) });
    const rounds = lines.filter((line): line is RoundLine => line.type === 'round');
    const sumOf = (kind: 'dropouts' | 'byzantine') =>
      rounds.reduce((sum, line) => sum + line.faults![kind], 0);
    // Of 60 reports, about 12 of each.
    expect(sumOf('dropouts')).toBeGreaterThan(3);
    expect(sumOf('byzantine')).toBeGreaterThan(3);
    expect(rounds.reduce((sum, { dropped }) => sum + dropped, 0)).toBeGreaterThanOrEqual(sumOf('dropouts'));
    expect((await run({ faults, rounds: 20 })).stateHash).toBe(once.stateHash);
  });

  test('`runRounds` says why it cannot do without waiting', async () => {
    const bad = (more: Partial<RunOptions>) => run({ faults: {}, ...more });
    await expect(bad({ process: growth, arguments: { pace: 2 } })).rejects.toThrow(
      /Cannot run .* asynchronously: phase 1 says nowhere what a stale report counts for/,
    );
    await expect(bad({ checkpointEvery: 2, store: memoryStore() })).rejects.toThrow(
      'with asynchronous, checkpointEvery must be 1, got 2: clients are at work on earlier versions',
    );
    await expect(bad({ present: {} })).rejects.toThrow('with asynchronous, present must be left out');
    await expect(bad({ asynchronous: { buffer: 21, concurrency: 8 } })).rejects.toThrow(
      'a buffer of 21 needs as many clients',
    );
    await expect(bad({ faults: { dropouts: [{}] } })).rejects.toThrow('dropouts need deadlineMs');
    await expect(bad({ faults: { serverCrashes: [1] } })).rejects.toThrow('serverCrashes are of synchronous');
    await expect(bad({ minReports: 4 })).rejects.toThrow('minReports must be at most the cohort of 3, got 4');
    const sampler = uniformSampler({ cohortSize: 3 });
    const store = memoryStore();
    await bad({ rounds: 2, store });
    const forced = bad({ sampler, store, seed: 5, onOtherRun: () => {}, process: drifting });
    await expect(forced).rejects.toMatchObject({
      name: 'OtherRunError',
      message: expect.stringContaining('An asynchronous run cannot continue as another one'),
      canContinue: false,
    });
  });
});
