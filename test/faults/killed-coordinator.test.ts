// `kill -9` of the coordinator at any point, then a restart: the run ends in the state of a run that nobody killed.
// The coordinator is a real process, from the build; its clients live here and come back by themselves.
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClients } from '@starling/client';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { afterEach, expect, test } from 'vitest';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';
import { freePort } from '../support/free-port.js';
import { type CoordinatorRun, startCoordinator } from '../support/killable-coordinator.js';
import { slowPopulation } from '../support/slow-population.js';

const ROUNDS = 60;
const CLIENTS = 8;
const WORK_MS = 5; // so that a round lasts long enough to be killed in its middle

interface Kill {
  /** Rounds that this life of the process commits before. */
  readonly rounds: number;
  readonly afterMs: number;
}

let child: ChildProcess | null = null;
afterEach(() => void child?.kill('SIGKILL'));

/** Runs the coordinator until it ends, or kills it so long after some rounds. */
function runUntil(port: number, state: string, kill: Kill | null): Promise<CoordinatorRun> {
  const started = startCoordinator(
    { port, state, rounds: ROUNDS, clients: CLIENTS, work: 'threshold' },
    (lines, coordinator) => {
      if (kill !== null && lines.length === kill.rounds)
        setTimeout(() => coordinator.kill('SIGKILL'), kill.afterMs);
    },
  );
  child = started.child;
  return started.ended;
}

test('`runCoordinator` ends in the state of an unkilled run when it is killed again and again', async () => {
  const population = sensors(CLIENTS);
  const expected = await runRounds({
    process: driftingThreshold(),
    runtime: inProcessRuntime(),
    population,
    sampler: uniformSampler({ cohortSize: CLIENTS / 2 }),
    rounds: ROUNDS,
    seed: 11,
  });
  const state = await mkdtemp(join(tmpdir(), 'starling-killed-'));
  const port = await freePort();
  const running = await startClients({
    url: `ws://127.0.0.1:${port}`,
    population: slowPopulation(population, WORK_MS),
    clients: Array.from({ length: CLIENTS }, (_, index) => index),
    backOff: { baseMs: 50, maxMs: 200 },
  });
  // Right after a commit, in the middle of the next round, and around the commit after it.
  const kills = [
    { rounds: 1, afterMs: 0 },
    { rounds: 4, afterMs: WORK_MS * 2 },
    { rounds: 3, afterMs: WORK_MS * 4 },
    { rounds: 5, afterMs: WORK_MS * 5 },
  ];
  const committed: number[] = [];
  for (const kill of kills) {
    const { lines, end } = await runUntil(port, state, kill);
    expect(end).toBe('SIGKILL');
    committed.push(...lines.flatMap(({ round }) => round ?? []));
  }
  const { lines, end } = await runUntil(port, state, null);
  expect(end).toBe('0 ');
  committed.push(...lines.flatMap(({ round }) => round ?? []));
  expect(lines.at(-1)).toEqual({ rounds: ROUNDS, stateHash: expected.stateHash });
  // What was announced was never taken back: no round is announced twice but one that was cut off before its line.
  expect(committed).toEqual([...committed].sort((a, b) => a - b));
  expect(new Set(committed).size).toBe(committed.length);
  await running.close();
  await rm(state, { recursive: true });
}, 120_000);
