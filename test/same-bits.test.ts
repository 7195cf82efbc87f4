// The same bits everywhere: one seed ends in one state hash on every runtime, with any number of workers, and again
// on a second run. Each run is a `starling simulate` process; `websocket` starts client processes of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { doneOf, recordOf, runStarling, startStarling } from './support/starling.js';

const RUNTIMES = [
  ['--runtime', 'in-process'],
  ['--runtime', 'threads', '--workers', '1'],
  ['--runtime', 'threads', '--workers', '2'],
  ['--runtime', 'threads', '--workers', '4'],
  ['--runtime', 'websocket', '--workers', '2'],
  // The second run.
  ['--runtime', 'threads', '--workers', '2'],
] as const;

/** A cohort of 7 is no multiple of a lane, so that the last lane is short. */
const FEDERATIONS = [
  ['temperature', '--set', 'question=rising', '--set', 'clients=7', '--rounds', '3'],
  ['mnist', '--set', 'model=logistic', '--set', 'cohort=7', '--set', 'partition=shards', '--rounds', '3'],
  ['mnist', '--set', 'model=2nn', '--set', 'cohort=3', '--rounds', '2'],
  // Clients keep a state, for long enough that each comes again.
  ['scaffold', '--set', 'cohort=7', '--set', 'clients=20', '--set', 'epochs=1', '--rounds', '20'],
  // Rounds that do not wait.
  [
    ...['mnist', '--set', 'model=logistic', '--set', 'rounds=asynchronous', '--set', 'buffer=3'],
    ...['--set', 'concurrency=9', '--rounds', '12'],
  ],
  // Clients that were held out evaluate, one by one, and the run may stop by what they find.
  [
    ...['mnist', '--set', 'model=logistic', '--set', 'cohort=5', '--set', 'evaluateOn=each'],
    ...['--set', 'patience=1', '--set', 'learningRate=0.9', '--rounds', '4'],
  ],
] as const;

/** Where a run ended, and what its rounds have found on the way. */
async function endOf(
  federation: readonly string[],
  seed: number,
  runtime: readonly string[],
): Promise<{ readonly stateHash: string }> {
  const { code, stdout, stderr } = await runStarling(
    'simulate',
    ...federation,
    '--seed',
    String(seed),
    '--json',
    ...runtime,
  );
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { wallMs, ...end } = doneOf(stdout);
  const rounds = recordOf(stdout).filter((line) => line.type === 'round');
  const evaluations = rounds.map(({ evaluation, evaluated }) => ({ evaluation, evaluated }));
  return { ...end, ...{ evaluations } };
}

async function stateHash(...run: Parameters<typeof endOf>): Promise<string> {
  return (await endOf(...run)).stateHash;
}

describe.each(FEDERATIONS.map((words) => ({ words, command: words.join(' ') })))(
  'simulate $command',
  ({ words }) => {
    test('ends in one state on every runtime, and on a second run', { timeout: 180_000 }, async () => {
      const ends: (object & { readonly stateHash: string })[] = [];
      for (const runtime of RUNTIMES) ends.push(await endOf(words, 5, runtime));
      for (const end of ends) expect(end).toEqual(ends[0]);
      expect(ends[0]!.stateHash).toMatch(/^[0-9a-f]{64}$/);
    });
  },
);

describe('simulate mnist', () => {
  test('ends in another state for another seed', { timeout: 60_000 }, async () => {
    const [, federation] = FEDERATIONS;
    const runtime = ['--runtime', 'threads'];
    expect(await stateHash(federation, 5, runtime)).not.toBe(await stateHash(federation, 6, runtime));
  });

  test('ends in the state of an unkilled run after kill -9 and a resume on another runtime', {
    timeout: 60_000,
  }, async () => {
    // Rounds enough that the signal comes in the midst of them; the last --rounds counts.
    const federation = [...FEDERATIONS[1], '--rounds', '60'];
    const out = mkdtempSync(join(tmpdir(), 'starling-killed-'));
    const parameters = ['simulate', ...federation, '--seed', '5', '--json', '--out', out];
    const killed = startStarling([...parameters, '--runtime', 'in-process']);
    await killed.line((line) => line.includes('"round":1,'));
    killed.child.kill('SIGKILL');
    expect((await killed.finished).code).toBe(null);
    const resumed = await runStarling(...parameters, '--runtime', 'threads', '--workers', '2', '--resume');
    expect(doneOf(resumed.stdout).stateHash).toBe(await stateHash(federation, 5, ['--runtime', 'threads']));
    rmSync(out, { recursive: true });
  });
});

describe('simulate scaffold', () => {
  test('ends in the state of an unkilled run after kill -9 over sockets, whose clients keep a state', {
    timeout: 120_000,
  }, async () => {
    const federation = FEDERATIONS[3];
    const sockets = ['--runtime', 'websocket', '--workers', '2'];
    const out = mkdtempSync(join(tmpdir(), 'starling-killed-'));
    const parameters = ['simulate', ...federation, '--seed', '5', '--json', '--out', out, ...sockets];
    const killed = startStarling(parameters);
    await killed.line((line) => line.includes('"round":9,')); // most of 20 clients have had a turn of 7
    killed.child.kill('SIGKILL');
    expect((await killed.finished).code).toBe(null);
    const resumed = await runStarling(...parameters, '--resume');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(doneOf(resumed.stdout).stateHash).toBe(await stateHash(federation, 5, ['--runtime', 'threads']));
    rmSync(out, { recursive: true });
  });
});
