// Cohorts of the clients that are there, over sockets: more are asked than are needed, a round ends once enough have
// reported, and what is kept of it gives the same states again.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClients } from '@starling/client';
import { type CoordinatorOptions, runCoordinator } from '@starling/coordinator';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, type RunResult, runRounds } from '@starling/runtime';
import { replayRun } from '@starling/runtime/replay';
import { directoryStore } from '@starling/store/directory';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { driftingThreshold, sensors } from './support/drifting-threshold.js';

const POPULATION = 12;
/** Of these, one answers long after the others. */
const THERE = [1, 2, 3, 5, 7, 8, 11];
const SLOW = 7;
const SLOW_MS = 1500;
const GOAL = 3;
const ASKED = 4; // 130 % of the goal, rounded up
const ROUNDS = 6;

const population = sensors(POPULATION);
const process = driftingThreshold();
const sampler = uniformSampler({ cohortSize: GOAL });

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'starling-present-'));
});
afterEach(() => rm(state, { recursive: true }));

async function serve(there: readonly number[], more: Partial<CoordinatorOptions> = {}): Promise<RunResult> {
  let clients: Awaited<ReturnType<typeof startClients>> | null = null;
  const result = await runCoordinator({
    run: { process, population, sampler, rounds: ROUNDS },
    seed: 3,
    state,
    present: {},
    minClients: there.length,
    onListen({ url }) {
      const load = async (index: number) => {
        if (index === SLOW) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
        return population.load(index);
      };
      startClients({ url, population: { ...population, load }, clients: there }).then((started) => {
        clients = started;
      });
    },
    ...more,
  });
  await (clients as Awaited<ReturnType<typeof startClients>> | null)?.close();
  return result as RunResult;
}

async function history() {
  const store = directoryStore(state);
  const run = (await store.list())[0]!.run;
  const { attempts, commits } = await store.read(run);
  return { store, run, attempts, commits };
}

describe('mode present', () => {
  test('`runCoordinator` asks clients that are there, ends rounds at the goal, and is replayed to the same states', async () => {
    const { stateHash } = await serve(THERE);
    const { store, run, attempts, commits } = await history();
    const names = new Set(THERE.map((index) => population.clientId(index)));
    for (const { cohort } of attempts) {
      expect(cohort.clients).toHaveLength(ASKED);
      for (const client of cohort.clients!) expect(names).toContain(client);
    }
    expect(new Set(attempts.map(({ cohort }) => cohort.clients!.join())).size).toBeGreaterThan(1);
    expect(commits).toHaveLength(ROUNDS);
    for (const { counted, lost } of commits) {
      expect([counted.length, lost.length]).toEqual([GOAL, ASKED - GOAL]);
      expect(lost[0]!.code).toBe('not-needed');
    }
    const rounds = await replayRun({ process, population, sampler, seed: 3, store, run });
    expect(rounds).toHaveLength(ROUNDS);
    for (const { committed, replayed } of rounds) expect(replayed).toBe(committed);
    expect(rounds.at(-1)!.replayed).toBe(stateHash);
  }, 60_000);

  test('`runCoordinator` takes those that are there once it has waited for more', async () => {
    // Of three that are wanted, half are enough: rounded up, the two that are there.
    const few = serve([1, 2], {
      present: { selectionMs: 50, minimumFraction: 0.5 },
      maxAttempts: 2,
      backOffMs: 1,
      deadlineMs: 5000,
    });
    const { rounds } = await few;
    expect(rounds).toBe(ROUNDS);
    const { attempts } = await history();
    for (const { cohort } of attempts) expect(cohort.size).toBe(2);
  }, 60_000);

  test('`runCoordinator` makes an attempt that was left open again, with the same clients', async () => {
    const controller = new AbortController();
    const stopped = await serve(THERE, {
      signal: controller.signal,
      // In the middle of the next round: its slowest client, or the others, are at work.
      onRound: ({ round }) => {
        if (round === 2) setTimeout(() => controller.abort(), 1);
      },
    });
    expect(stopped).toMatchObject({ rounds: 2, interrupted: true });
    const open = (await history()).attempts.at(-1)!;
    expect(open).toMatchObject({ round: 3, attempt: 1, outcome: 'open' });
    // Others are there now, and would be drawn as well.
    await serve([...THERE, 0, 4, 6]);
    const { attempts, commits, store, run } = await history();
    const again = attempts.find(({ round, attempt }) => round === 3 && attempt === 1)!;
    expect(again).toMatchObject({ cohort: open.cohort, seed: open.seed });
    expect(commits).toHaveLength(ROUNDS);
    const rounds = await replayRun({ process, population, sampler, seed: 3, store, run });
    for (const { committed, replayed } of rounds) expect(replayed).toBe(committed);
  }, 60_000);

  test('`runRounds` refuses a runtime whose clients neither come nor go', async () => {
    const run = { process, population, sampler, rounds: 1, seed: 1, present: {} };
    await expect(runRounds({ ...run, runtime: inProcessRuntime() })).rejects.toMatchObject({
      code: 'bad-run',
      message: expect.stringContaining(
        'need a runtime whose clients come and go, such as websocket, got in-process',
      ),
    });
  });
});
