// What `--out` and `--state` do with directories: one writer each, what is done stays done, and what cannot be written
// or continued is said in a sentence.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from './support/repository.js';
import { recordOf, runStarling, startStarling } from './support/starling.js';

const folder = mkdtempSync(join(tmpdir(), 'starling-directories-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const simulate = (out: string, ...more: readonly string[]) =>
  runStarling('simulate', 'temperature', '--runtime', 'in-process', '--out', out, '--json', ...more);

describe('starling', () => {
  test('lets one process at a time write to a directory, and says which', async () => {
    const out = join(folder, 'locked');
    const coordinator = ['coordinator', 'temperature', '--port', '0', '--state', out];
    const first = startStarling(coordinator);
    await first.line((line) => line.startsWith('listening at'));
    for (const second of [await runStarling(...coordinator), await simulate(out, '--resume')]) {
      expect(second).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`Cannot write to ${out}: process ${first.child.pid} on `),
      });
    }
    first.child.kill('SIGKILL');
    await first.finished;
    expect((await simulate(out, '--rounds', '1')).code).toBe(0); // no round counted, and nobody is there
  });

  test('gives the same state again when a run that is done is taken up, and does not undo rounds', async () => {
    const out = join(folder, 'done');
    const done = recordOf((await simulate(out, '--rounds', '2')).stdout).at(-1)!;
    const again = recordOf((await simulate(out, '--rounds', '2', '--resume')).stdout).at(-1)!;
    expect(done).toMatchObject({
      type: 'done',
      rounds: 2,
      stateHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(again).toMatchObject({ stateHash: (done as { stateHash: string }).stateHash });
    expect(await simulate(out, '--rounds', '1', '--resume')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('2 rounds of the run are done, need at least as many, got 1'),
    });
  });

  test('ends with a sentence when the disk refuses, and continues once there is room', async () => {
    const out = join(folder, 'full');
    const command = [join(root, 'packages/cli/bin/starling.js'), 'simulate', 'temperature'];
    const given = ['--runtime', 'in-process', '--rounds', '40', '--out', out, '--json'];
    // No file may grow past 16 KiB: the journal of 40 rounds is longer.
    const shell = `ulimit -f 16; exec "$0" "$@"`;
    const child = spawn('bash', ['-c', shell, process.execPath, ...command, ...given], { cwd: root });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(code).toBe(1);
    expect(stderr).toMatch(/Cannot continue after round \d+: Cannot write to .*: EFBIG.*, time and again; /);
    const resumed = await simulate(out, '--rounds', '40', '--resume');
    const whole = await simulate(join(folder, 'whole'), '--rounds', '40');
    expect(recordOf(resumed.stdout).at(-1)).toMatchObject({
      rounds: 40,
      stateHash: (recordOf(whole.stdout).at(-1) as { stateHash: string }).stateHash,
    });
  }, 120_000);

  test('refuses a directory of an earlier version, whose rounds have no journal', async () => {
    const out = join(folder, 'earlier');
    mkdirSync(out);
    writeFileSync(join(out, 'round-00000003.safetensors'), 'of before');
    for (const more of [[], ['--resume']]) {
      expect(await simulate(out, ...more)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          `Cannot read ${out}: it holds states of rounds, and no record of a run`,
        ),
      });
    }
  });
});
