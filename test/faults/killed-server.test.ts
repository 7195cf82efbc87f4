// `kill -9` of a server with two runs in the middle of their rounds, then a restart: both end in the states that they
// have alone. The server is a real process; its clients live here and come back by themselves.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClients } from '@starling/client';
import { serverRuns } from '@starling/coordinator/runs';
import { uniformSampler } from '@starling/population';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { afterEach, expect, test } from 'vitest';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';
import { freePort } from '../support/free-port.js';
import { type RunningStarling, startStarling } from '../support/starling.js';

const SIZE = 4;
const ROUNDS = 6;
const population = sensors(SIZE);
const setup = {
  process: driftingThreshold(),
  population,
  sampler: uniformSampler({ cohortSize: 3 }),
  rounds: ROUNDS,
};
/**
 * Pieces of work that clients do before they wait. At most 3 rounds of 3 clients come of them, fewer than a run has;
 * and at least one, since no more than 2 pieces are of a round that is not complete, in each of the two runs.
 */
const WORK_BEFORE = 9;
const TOKEN = 'operator';

let server: RunningStarling | null = null;
afterEach(() => void server?.child.kill('SIGKILL'));

async function serve(port: number, state: string): Promise<void> {
  server = startStarling(['server', '--state', state, '--port', String(port)], {
    environment: { STARLING_OPERATOR_TOKEN: TOKEN },
  });
  await server.line((line) => line.startsWith('listening at '));
}

test('`starling server` ends two runs in the states of unkilled ones when it is killed in their middle', async () => {
  const state = await mkdtemp(join(tmpdir(), 'starling-killed-server-'));
  const port = await freePort();
  let open!: () => void;
  const isOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  let loads = 0;
  await serve(port, state);
  const runs = serverRuns({ url: `http://127.0.0.1:${port}`, token: TOKEN });
  const hosting = { minClients: SIZE };
  for (const seed of [1, 2]) await runs.submit({ run: setup, seed, hosting, as: `seed-${seed}` });
  const running = await startClients({
    url: `ws://127.0.0.1:${port}`,
    population: {
      ...population,
      async load(index) {
        loads++;
        if (loads > WORK_BEFORE) await isOpen;
        return population.load(index);
      },
    },
    clients: [0, 1, 2, 3],
    runs: 2,
    backOff: { baseMs: 20, maxMs: 100 },
  });
  await expect.poll(() => loads, { timeout: 60_000 }).toBeGreaterThan(WORK_BEFORE);
  const rounds = async () => (await runs.list()).map(({ round }) => round);
  await expect.poll(async () => Math.max(...(await rounds())), { timeout: 60_000 }).toBeGreaterThan(0);
  expect((await rounds()).every((round) => round < ROUNDS)).toBe(true);
  server!.child.kill('SIGKILL');
  await server!.finished;
  open();
  await serve(port, state);
  const statuses = async () => (await runs.list()).map(({ status }) => status);
  await expect.poll(statuses, { timeout: 60_000 }).toEqual(['finished', 'finished']);
  for (const seed of [1, 2]) {
    const alone = await runRounds({ ...setup, seed, runtime: inProcessRuntime() });
    const fetched = await runs.state(`seed-${seed}`);
    expect([fetched.round, fetched.stateHash]).toEqual([ROUNDS, alone.stateHash]);
  }
  await running.close();
  server!.child.kill('SIGTERM');
  expect((await server!.finished).code).toBe(0);
  await rm(state, { recursive: true });
}, 180_000);
