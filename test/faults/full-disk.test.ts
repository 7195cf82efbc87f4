// Coordinators that end although their run is not over: the disk is full, or a round has used up its attempts. Clients
// hear that they should come back, do, and the next start ends the run as if nothing had been.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClientLogger, startClients } from '@starling/client';
import { runCoordinator } from '@starling/coordinator';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, type RunResult, runRounds } from '@starling/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';
import { freePort } from '../support/free-port.js';
import { startCoordinator } from '../support/killable-coordinator.js';

const CLIENTS = 8;
const ROUNDS = 30;
const SEED = 11; // of coordinator-process.ts

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'starling-full-'));
});
afterEach(() => rm(state, { recursive: true }));

function unharmed(rounds: number): Promise<RunResult> {
  return runRounds({
    process: driftingThreshold(),
    runtime: inProcessRuntime(),
    population: sensors(CLIENTS),
    sampler: uniformSampler({ cohortSize: CLIENTS / 2 }),
    rounds,
    seed: SEED,
  }) as Promise<RunResult>;
}

/** Clients that tell which codes they were sent away with. */
async function listening(port: number, population = sensors(CLIENTS)) {
  const codes: unknown[] = [];
  const logger: ClientLogger = {
    debug() {},
    info() {},
    warn: (fields) => void codes.push((fields as { readonly code?: unknown }).code),
    error() {},
    child: () => logger,
  };
  const running = await startClients({
    url: `ws://127.0.0.1:${port}`,
    population,
    clients: Array.from({ length: CLIENTS }, (_, index) => index),
    backOff: { baseMs: 50, maxMs: 200 },
    logger,
  });
  return { running, codes };
}

test('`runCoordinator` has its clients come back when its disk is full, and ends in the state of one that never was', async () => {
  const port = await freePort();
  const { running, codes } = await listening(port);
  const options = { port, state, rounds: ROUNDS, clients: CLIENTS, work: 'threshold' } as const;
  // A round writes two entries of some hundred bytes each, so that 8 KiB hold the first of 30 rounds and not the last.
  const full = await startCoordinator({ ...options, fileKiB: 8 }).ended;
  expect(full.end).toMatch(/^1 [\s\S]*store-failed/);
  const before = full.lines.flatMap(({ round }) => round ?? []);
  expect(before.length).toBeGreaterThan(0);
  expect(before.length).toBeLessThan(ROUNDS);
  // A client that comes back before the coordinator has gone is told so again.
  expect(codes.length).toBeGreaterThanOrEqual(CLIENTS);
  expect(new Set(codes)).toEqual(new Set(['shutting-down']));
  const { lines, end } = await startCoordinator(options).ended;
  expect(end).toBe('0 ');
  expect(lines.at(-1)).toEqual({ rounds: ROUNDS, stateHash: (await unharmed(ROUNDS)).stateHash });
  // Nothing that was announced is announced again.
  const after = lines.flatMap(({ round }) => round ?? []);
  expect([...before, ...after]).toEqual(Array.from({ length: ROUNDS }, (_, index) => index + 1));
  for (const { end } of await running.finished) expect(end).toBe('finished');
}, 120_000);

test('`runCoordinator` has its clients come back when a round has used up its attempts, and tries again', async () => {
  const port = await freePort();
  const population = sensors(CLIENTS);
  let hasData = false;
  const { running, codes } = await listening(port, {
    ...population,
    load(index) {
      if (!hasData) throw new Error('not yet');
      return population.load(index);
    },
  });
  const coordinate = (minClients: number): Promise<RunResult> =>
    runCoordinator({
      run: {
        process: driftingThreshold(),
        population,
        sampler: uniformSampler({ cohortSize: CLIENTS / 2 }),
        rounds: 2,
      },
      seed: SEED,
      port,
      state,
      minClients,
      minReports: CLIENTS / 2,
      maxAttempts: 2,
      backOffMs: 1,
    });
  await expect(coordinate(1)).rejects.toMatchObject({ code: 'too-few-reports' });
  expect(new Set(codes)).toEqual(new Set(['shutting-down']));
  hasData = true;
  // Two rounds may be over before a client outside of their cohorts has come back, and it would wait for ever.
  expect(await coordinate(CLIENTS)).toMatchObject({ rounds: 2, failure: null });
  for (const { end } of await running.finished) expect(end).toBe('finished');
}, 60_000);
