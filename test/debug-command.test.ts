// `starling debug` as a process: what it shows of a client's work, and that a debugger stops in the user's code, where
// tensors have values.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { debuggerOf } from './support/debugger.js';
import { snippetNamed } from './support/snippets.js';
import { runStarling, startStarling } from './support/starling.js';

/** The study of the page on debugging, and the same with a line that looks at values. */
const PLAIN = snippetNamed('docs/debugging.md', 'study.ts');
const LOOK = "    if (seen.dataSync()[0]! > 0) console.log('seen', seen.arraySync());";
const STUDY = PLAIN.replace(/^ {4}const made/m, `${LOOK}\n$&`);
const LINE_OF_MADE = STUDY.split('\n').findIndex((line) => line.includes('const made'));

let folder: string;
let study: string;
const debug = (...parameters: readonly string[]) =>
  runStarling('debug', study, '--workers', '1', ...parameters);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-debug-'));
  study = join(folder, 'study.ts');
  writeFileSync(study, STUDY);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('starling debug', () => {
  test('shows what a client held, was sent and sent, prints what its code prints, and its steps', async () => {
    const { code, stdout, stderr } = await debug('--round', '1', '--client', 'client-0', '--steps');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^client client-0 in round 1: number \d of the 3 that were asked$/m);
    expect(stdout).toMatch(/^ {2}x {5}float32\[2\] {2}4 to 4, mean 4, norm 5\.657$/m);
    // The weight is 1 before the first step, so that the loss is log(4 − 1)² = 1.207.
    const [, replayed = ''] = stdout.split('running its code as written, on tfjs-cpu\n');
    expect(replayed).toMatch(/^seen \[ 4 \]\nclient work {2}step 1\/2 {2}1 row {2}.*loss 1\.207/);
    expect(replayed).toMatch(/^w +federatedMean +(\S+) +\1 +\S+$/m);
    expect(replayed).toMatch(/^both agree, within the tolerance of engines$/m);
  });

  test('says what made an update that is not finite: step, kernel and line', async () => {
    // 0.5 · 1 − 1 is negative, whatever the other step made of the weight.
    const { code, stdout } = await debug('--round', '1', '--client', 'client-1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^on onnx: its update is refused \(non-finite-update\)/m);
    expect(stdout).toMatch(/^NaN in w, loss: made by Log in 'client work', step [12] of 2$/m);
    expect(stdout).toContain(`study.ts:${LINE_OF_MADE + 1}:21\n`);
    expect(stdout).toMatch(/^ {4}it read x \[1\]: -\d/m);
  });

  test('says why a client has no update', async () => {
    const lost = join(folder, 'lost.ts');
    writeFileSync(
      lost,
      PLAIN.replace(/population: (populationOf.*),$/m, 'population: { ...$1, load: () => fail() },').replace(
        /^const model/m,
        "const fail = (): never => {\n  throw new Error('no disk');\n};\n$&",
      ),
    );
    const { stdout } = await runStarling('debug', lost, '--round', '1', '--client', 'client-2');
    expect(stdout).toContain('it holds data that cannot be loaded');
    expect(stdout).toMatch(/^on onnx: no update comes \(load-failed\): no disk/m);
  });

  test('takes up a checkpoint of a run that was kept, and leaves its directory as it is', async () => {
    const out = join(folder, 'kept');
    const plain = join(folder, 'plain.ts');
    writeFileSync(plain, PLAIN);
    const settings = ['--set', 'rate=0.125', '--seed', '7'];
    await runStarling('simulate', plain, '--out', out, '--runtime', 'in-process', ...settings);
    const contents = () =>
      readdirSync(out).map((name) => [name, readFileSync(join(out, name)).toString('base64')]);
    const before = contents();
    const { stdout } = await debug('--round', '5', '--client', 'client-0', '--run', out);
    expect(stdout).toMatch(/^ {2}plan {3}[0-9a-f]{12}, that of the run$/m);
    expect(stdout).toMatch(/^ {2}state {2}that of round 4, kept in .*kept$/m);
    expect(stdout).not.toContain('not the run that was kept');
    expect(stdout).toContain('both agree');
    const other = await debug('--round', '1', '--client', 'client-0', '--run', out, '--set', 'rate=0.5');
    expect(other.stdout).toMatch(/^ {2}plan .*; the run had [0-9a-f]{12}, with rate=0.125$/m);
    const beyond = await debug('--round', '99', '--client', 'client-0', '--run', out);
    expect(beyond.code).toBe(2);
    expect(beyond.stderr).toMatch(/^Cannot debug round 99: need a round of the run, from 1 to \d+, got 99$/m);
    expect(contents()).toEqual(before);
  });

  test('says that a directory has no record of a run', async () => {
    const { code, stderr } = await debug('--round', '1', '--client', 'client-0', '--run', folder);
    expect(code).toBe(2);
    expect(stderr).toContain('need the record of one, metrics.jsonl, got no such file');
  });

  test('names the clients that were asked when another is wanted, and what is missing', async () => {
    const other = await debug('--round', '1', '--client', 'ann');
    expect(other.code).toBe(1);
    expect(other.stderr).toMatch(
      /need a name that one of the \d+ clients of \S+ has, such as 'client-0', got one that none has/,
    );
    const missing = await debug('--round', '1');
    expect(missing).toMatchObject({
      code: 2,
      stderr: "Cannot run 'starling debug': need --client <name>, got nothing\n",
    });
  });

  test('stops at breakpoints in the user’s file, where tensors have values', async () => {
    const { child, finished } = startStarling(
      ['debug', study, '--workers', '1', '--round', '1', '--client', 'client-0'],
      { node: ['--inspect-brk=127.0.0.1:0'] },
    );
    const attached = await debuggerOf(child);
    await attached.breakAt('study.ts', LINE_OF_MADE, 'globalThis.starlingReplays');
    // Node's own stop at the start, then that of the command ahead of the user's code.
    await attached.resume();
    expect((await attached.stopped()).file).toMatch(/pause\.js$/);
    await attached.resume();
    const stop = await attached.stopped();
    expect(stop).toMatchObject({ file: expect.stringMatching(/study\.ts$/), line: LINE_OF_MADE });
    // 4 · 1, the first example by the first weight.
    expect(await stop.evaluate('Array.from(seen.dataSync())')).toEqual([4]);
    await attached.detach();
    const { code, stdout } = await finished;
    expect(code).toBe(0);
    expect(stdout).toContain('both agree');
  });
});
