// Rounds that do not wait, over sockets: a coordinator and four processes of clients, each a real one, from the build.
// The coordinator is killed in the middle; what is kept is replayed to the states that were committed.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detailsOf } from '@starling/runtime/record';
import { directoryStore } from '@starling/store/directory';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';
import { type RunningStarling, runStarling, startStarling } from '../support/starling.js';

const ROUNDS = 24;
const SETTINGS = ['model=logistic', 'rounds=asynchronous', 'buffer=3', 'concurrency=8', 'clients=20'].flatMap(
  (setting) => ['--set', setting],
);

let state: string;
const started: RunningStarling[] = [];
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'starling-arrivals-'));
});
afterEach(async () => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
  await rm(state, { recursive: true });
});

function start(...parameters: readonly string[]): RunningStarling {
  const running = startStarling(parameters);
  started.push(running);
  return running;
}

test('`starling coordinator` continues with rounds that do not wait after a kill, and all of them are replayed', async () => {
  const port = String(await freePort());
  const serve = (): RunningStarling =>
    start(
      ...['coordinator', 'mnist', ...SETTINGS, '--rounds', String(ROUNDS)],
      ...['--port', port, '--state', state, '--min-clients', '4'],
    );
  const first = serve();
  await first.line((line) => line.startsWith('listening'));
  for (const range of ['0:5', '5:10', '10:15', '15:20']) {
    start('client', 'mnist', ...SETTINGS, '--range', range, '--url', `ws://127.0.0.1:${port}`);
  }
  await first.line((line) => /^round +6\//.test(line));
  first.child.kill('SIGKILL');
  await first.finished;
  const { code, stderr } = await serve().finished;
  expect(code, stderr).toBe(0);

  const store = directoryStore(state);
  const { commits, starts } = await store.read((await store.list())[0]!.run);
  await store.close();
  expect([starts, commits.length]).toEqual([2, ROUNDS]);
  for (const { round, counted, metrics } of commits) {
    const { arrivals } = detailsOf(metrics)!.asynchronous!;
    expect(arrivals.map(({ client }) => client)).toEqual(counted);
    expect(arrivals).toHaveLength(3);
    for (const { version } of arrivals) expect(version).toBeLessThan(round);
  }
  // Reports of several versions are in them.
  expect(
    commits.some(({ round, metrics }) =>
      detailsOf(metrics)!.asynchronous!.arrivals.some(({ version }) => version < round - 1),
    ),
  ).toBe(true);

  const shown = await runStarling('runs', 'show', state);
  expect(shown.stdout).toContain(`staleness of ${3 * ROUNDS} reports:`);
  const replay = await runStarling('runs', 'replay', state, 'mnist');
  expect(replay.stdout).toContain(`all ${ROUNDS} rounds end in the states that were committed`);
  expect(replay.code, replay.stderr).toBe(0);
}, 180_000);
