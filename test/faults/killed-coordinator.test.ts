// `kill -9` of the coordinator at any point, then a restart: the run ends in the state of a run that nobody killed.
// The coordinator is a real process, from the build; its clients live here and come back by themselves.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startClients } from '@starling/client';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { afterEach, expect, it } from 'vitest';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';

const COORDINATOR = fileURLToPath(new URL('../dist/support/coordinator-process.js', import.meta.url));
const ROUNDS = 30;
const CLIENTS = 8;
const WORK_MS = 5; // so that a round lasts long enough to be killed in its middle

interface Line {
  readonly round?: number;
  readonly rounds?: number;
  readonly stateHash?: string;
}

let child: ChildProcess | null = null;
afterEach(() => void child?.kill('SIGKILL'));

/** Runs the coordinator until it ends, or until so long after a round was committed that it is killed. */
function runUntil(
  port: number,
  state: string,
  kill: { readonly round: number; readonly afterMs: number } | null,
) {
  const process_ = spawn(
    process.execPath,
    [COORDINATOR, String(port), state, String(ROUNDS), String(CLIENTS)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  child = process_;
  const lines: Line[] = [];
  createInterface({ input: process_.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (kill !== null && line.round === kill.round) setTimeout(() => process_.kill('SIGKILL'), kill.afterMs);
  });
  return new Promise<{ readonly lines: readonly Line[]; readonly signal: string | null }>((resolve) =>
    process_.once('close', (_, signal) => resolve({ lines, signal })),
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('`runCoordinator` ends in the state of an unkilled run when it is killed again and again', async () => {
  const population = sensors(CLIENTS);
  const expected = await runRounds({
    process: driftingThreshold(),
    runtime: inProcessRuntime(),
    population,
    sampler: uniformSampler({ populationSize: CLIENTS, cohortSize: CLIENTS / 2 }),
    rounds: ROUNDS,
    seed: 11,
  });
  const state = await mkdtemp(join(tmpdir(), 'starling-killed-'));
  const port = await freePort();
  const running = await startClients({
    url: `ws://127.0.0.1:${port}`,
    population: {
      ...population,
      async load(index) {
        await new Promise((resolve) => setTimeout(resolve, WORK_MS));
        return population.load(index);
      },
    },
    clients: Array.from({ length: CLIENTS }, (_, index) => index),
    backOff: { baseMs: 50, maxMs: 200 },
  });
  // Right after a commit, in the middle of the next round, and around the commit after it.
  const kills = [
    { round: 1, afterMs: 0 },
    { round: 8, afterMs: WORK_MS * 2 },
    { round: 15, afterMs: WORK_MS * 4 },
    { round: 22, afterMs: WORK_MS * 5 },
  ];
  const committed: number[] = [];
  for (const kill of kills) {
    const { lines, signal } = await runUntil(port, state, kill);
    expect(signal).toBe('SIGKILL');
    committed.push(...lines.flatMap(({ round }) => round ?? []));
  }
  const { lines } = await runUntil(port, state, null);
  committed.push(...lines.flatMap(({ round }) => round ?? []));
  expect(lines.at(-1)).toEqual({ rounds: ROUNDS, stateHash: expected.stateHash });
  // What was announced was never taken back: no round is announced twice but one that was cut off before its line.
  expect(committed).toEqual([...committed].sort((a, b) => a - b));
  expect(new Set(committed).size).toBe(committed.length);
  const summaries = await running.finished;
  expect(summaries.map(({ end }) => end)).toEqual(Array(CLIENTS).fill('finished'));
  await rm(state, { recursive: true });
}, 120_000);
