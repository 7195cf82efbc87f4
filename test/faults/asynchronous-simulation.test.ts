// `kill -9` of a simulation whose rounds do not wait: taken up again, it ends in the state of one that nobody killed,
// with the same clients at work on the same versions.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningStarling, runStarling, startStarling } from '../support/starling.js';

const SETTINGS = ['model=logistic', 'rounds=asynchronous', 'buffer=3', 'concurrency=12', 'evaluateEvery=9'];
const COMMAND = ['simulate', 'mnist', ...SETTINGS.flatMap((setting) => ['--set', setting]), '--rounds', '40'];

let out: string;
let running: RunningStarling | null = null;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'starling-unwaiting-'));
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await rm(out, { recursive: true });
});

test('`starling simulate` with rounds that do not wait ends in the unkilled state, however often it is killed', async () => {
  const hashIn = (text: string): string => /state ([0-9a-f]{64})/.exec(text)![1]!;
  const whole = await runStarling(...COMMAND, '--runtime', 'in-process');
  for (const round of [2, 11, 25]) {
    running = startStarling([
      ...COMMAND,
      ...['--out', out, '--runtime', 'threads', '--workers', '2'],
      ...(round === 2 ? [] : ['--resume']),
    ]);
    await running.line((line) => new RegExp(`^round +${round}/`).test(line));
    running.child.kill('SIGKILL');
    await running.finished;
  }
  const last = await runStarling(
    ...COMMAND,
    '--out',
    out,
    '--resume',
    '--runtime',
    'threads',
    '--workers',
    '3',
  );
  expect(last.code, last.stderr).toBe(0);
  expect(hashIn(last.stdout)).toBe(hashIn(whole.stdout));
  const shown = await runStarling('runs', 'show', out);
  expect(shown.stdout).toContain('3 reports a round, 12 clients at work, at most 40 rounds old;');
}, 180_000);
