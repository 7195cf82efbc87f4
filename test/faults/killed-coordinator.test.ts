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
const ROUNDS = 60;
const CLIENTS = 8;
const WORK_MS = 5; // so that a round lasts long enough to be killed in its middle

interface Line {
  readonly round?: number;
  readonly rounds?: number;
  readonly stateHash?: string;
}

interface Kill {
  /** Rounds that this life of the process commits before. */
  readonly rounds: number;
  readonly afterMs: number;
}

let child: ChildProcess | null = null;
afterEach(() => void child?.kill('SIGKILL'));

/** Runs the coordinator until it ends, or kills it so long after some rounds. */
function runUntil(port: number, state: string, kill: Kill | null) {
  const coordinator = spawn(
    process.execPath,
    [COORDINATOR, String(port), state, String(ROUNDS), String(CLIENTS)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  child = coordinator;
  const lines: Line[] = [];
  let errors = '';
  coordinator.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  createInterface({ input: coordinator.stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    lines.push(line);
    if (kill !== null && lines.length === kill.rounds)
      setTimeout(() => coordinator.kill('SIGKILL'), kill.afterMs);
  });
  return new Promise<{ readonly lines: readonly Line[]; readonly end: string }>((resolve) =>
    coordinator.once('close', (code, signal) => resolve({ lines, end: signal ?? `${code} ${errors}` })),
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
