// The command line as a process, on the federation that README.md shows: what it prints, keeps and exits with.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snippetNamed } from './support/snippets.js';
import { doneOf, recordOf, runStarling, startStarling } from './support/starling.js';

const STATE_HASH = /^[0-9a-f]{64}$/;
let folder: string;
let hot: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-cli-'));
  hot = join(folder, 'hot.ts');
  writeFileSync(hot, snippetNamed('README.md', 'hot.ts'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('starling simulate', () => {
  test('runs a .ts file and writes the record, one JSON object a line', async () => {
    const { code, stdout } = await runStarling('simulate', hot, '--rounds', '2', '--json');
    expect(code).toBe(0);
    const lines = recordOf(stdout);
    expect(lines).toMatchObject([
      { type: 'run', federation: 'hot', rounds: 2, seed: 1, settings: { threshold: 30, clients: 4 } },
      { type: 'round', round: 1, cohort: 4, accepted: 4, lost: [] },
      { type: 'round', round: 2, cohort: 4, accepted: 4, lost: [] },
      { type: 'done', rounds: 2, interrupted: false },
    ]);
    for (const line of lines) if ('wallMs' in line) expect(line.wallMs).toBeGreaterThan(0);
  });

  test('takes settings: every reading is above absolute zero and none above the sun', async () => {
    const fraction = async (threshold: string): Promise<unknown> => {
      const { stdout } = await runStarling('simulate', hot, '--json', '--set', `threshold=${threshold}`);
      return recordOf(stdout)
        .flatMap((line) => (line.type === 'round' ? [line.metrics] : []))
        .at(-1);
    };
    expect(await fraction('-273')).toEqual({ value: 1 });
    expect(await fraction('5772')).toEqual({ value: 0 });
  });

  test('runs on another engine: it counts the same readings', async () => {
    const [onnx, tfjs] = await Promise.all(
      ['onnx', 'tfjs-cpu'].map(async (engine) => {
        const { stdout } = await runStarling(
          'simulate',
          hot,
          '--json',
          '--runtime',
          'in-process',
          '--engine',
          engine,
        );
        return doneOf(stdout);
      }),
    );
    // Counts of readings are whole numbers, exact in float32, so that the engines have no rounding to differ in.
    expect(tfjs!.stateHash).toBe(onnx!.stateHash);
  });

  test('writes plain lines when stdout is no terminal', async () => {
    const { stdout } = await runStarling('simulate', hot, '--runtime', 'in-process');
    const [start, ready, round, end] = stdout.trimEnd().split('\n');
    expect(start).toBe('hot on in-process: 4 clients, 1 round, seed 1');
    expect(ready).toMatch(/^ready in \S+ m?s$/);
    expect(round).toMatch(/^round 1\/1 {2}value \S+ {2}4\/4 clients {2}[\d.,]+ clients\/s {2}/);
    expect(end).toMatch(/^1 round in .*, state [0-9a-f]{64}$/);
  });

  test('keeps the run, metrics and a report with --out, and continues from them with --resume', async () => {
    const out = join(folder, 'kept');
    const run = (...more: readonly string[]) => runStarling('simulate', hot, '--json', '--out', out, ...more);
    expect((await run('--rounds', '2')).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual([
      'journal.log',
      'metrics.jsonl',
      'report.html',
      'round-00000001.safetensors',
      'round-00000002.safetensors',
      'run.log',
      'writer-1.lock',
    ]);
    const again = await run('--rounds', '2');
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('add --resume') });
    const resumed = await run('--rounds', '4', '--resume');
    const rounds = (text: string) =>
      recordOf(text).map((line) => (line.type === 'round' ? line.round : line.type));
    expect(rounds(resumed.stdout)).toEqual(['run', 3, 4, 'done']);
    const kept = readFileSync(join(out, 'metrics.jsonl'), 'utf8');
    expect(rounds(kept)).toEqual(['run', 1, 2, 'done', 'run', 3, 4, 'done']);
    expect(kept.endsWith(resumed.stdout)).toBe(true);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report.match(/<tr><td>\d+<\/td>/g)).toHaveLength(4);
    // 4417 + 4417 + 5039 + 5041 readings
    expect(report).toContain('sensor-readings: 4 clients, 18914 rows');
  });

  test('refuses to continue from another experiment, says what differs, and continues with --force', async () => {
    const out = join(folder, 'other');
    const parameters = ['simulate', hot, '--json', '--out', out];
    expect((await runStarling(...parameters, '--rounds', '1')).code).toBe(0);
    const before = readFileSync(join(out, 'metrics.jsonl'), 'utf8');
    const changed = [
      ...parameters,
      '--rounds',
      '2',
      '--resume',
      '--set',
      'clients=10',
      '--engine',
      'tfjs-cpu',
    ];
    const refused = await runStarling(...changed);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^Cannot resume from .*: need this very run, got one that differs in\n/);
    // Four motes, cut into ten clients, all of them in each cohort.
    for (const line of [
      'settings.clients: 4 → 10',
      'population.size: 4 → 10',
      'engine.server: onnx → tfjs-cpu',
      'engine.clients: onnx → tfjs-cpu',
      'sampler.cohortSize: 4 → 10',
    ]) {
      expect(refused.stderr).toContain(`\n    ${line}\n`);
    }
    expect(refused.stderr).toContain('add --force to continue all the same');
    expect(readFileSync(join(out, 'metrics.jsonl'), 'utf8')).toBe(before);
    const forced = await runStarling(...changed, '--force');
    expect(forced.code).toBe(0);
    expect(recordOf(forced.stdout).map(({ type }) => type)).toEqual(['run', 'round', 'done']);
    expect(forced.stderr).toContain('settings.clients: 4 → 10');

    const state = ['coordinator', hot, '--port', '0', '--rounds', '3', '--state', out];
    const turnedAway = await runStarling(...state);
    expect(turnedAway.code).toBe(2);
    expect(turnedAway.stderr).toContain('settings.clients: 10 → 4');
    const coordinator = startStarling([...state, '--force']);
    await coordinator.line((line) => line.startsWith('listening at'));
    coordinator.child.kill('SIGINT');
    expect((await coordinator.finished).code).toBe(130);
  });

  test('stops at Ctrl-C with code 130, keeps the checkpoint and tells the last state', async () => {
    const out = join(folder, 'stopped');
    const run = startStarling(['simulate', hot, '--json', '--rounds', '1000000', '--out', out]);
    await run.line((line) => line.includes('"round":3'));
    run.child.kill('SIGINT');
    const { code, stdout, stderr } = await run.finished;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const last = doneOf(stdout);
    expect(last.interrupted).toBe(true);
    const checkpoint = `round-${String(last.rounds).padStart(8, '0')}.safetensors`;
    expect(readdirSync(out)).toContain(checkpoint);
  });

  test('says what is wrong with a file that exports no federation', async () => {
    const file = join(folder, 'empty.ts');
    writeFileSync(file, 'export const x: number = 1;\n');
    const { code, stderr } = await runStarling('simulate', file);
    expect(code).toBe(2);
    expect(stderr).toMatch(/need 'export default defineFederation\(.*\)', got no default export\n$/);
  });
});

describe('starling inspect', () => {
  test('tells what leaves a client: two numbers, of which the server sees the mean', async () => {
    const { code, stdout } = await runStarling('inspect', hot, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      hash: expect.stringMatching(STATE_HASH),
      clientInput: '<readings=float32*>',
      // A threshold down; a fraction and its weight up: float32 each.
      bytesDown: 4,
      bytesUp: 8,
      revealing: false,
    });
    const { stdout: text } = await runStarling('inspect', hot);
    expect(text).toContain('for federatedMean\n');
    expect(text).toContain('The server sees aggregates only');
    expect(text).toContain('the result is           float32@SERVER\n');
  });

  test('tells of a bare computation, and which of its results are computed from values of single clients', async () => {
    const spy = join(folder, 'spy.ts');
    writeFileSync(
      spy,
      `import { atClients, federatedCollect, federatedComputation, federatedMean, float32, federatedSequenceSum } from '@starling/federated-core';
       export default federatedComputation({ x: atClients(float32()) }, ({ x }) => ({
         sum: federatedSequenceSum(federatedCollect(x)),
         mean: federatedMean(x),
       }), { name: 'spy' });`,
    );
    const { code, stdout } = await runStarling('inspect', spy);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^spy\n/);
    expect(stdout).toContain('the result is           <sum=float32@SERVER revealing,mean=float32@SERVER>\n');
    expect(stdout).toContain('The server sees values of single clients.');
    const { code: refused, stderr } = await runStarling('inspect', spy, '--set', 'clients=3');
    expect({ refused, stderr }).toEqual({
      refused: 2,
      stderr: 'Cannot set clients of spy: a computation has no settings\n',
    });
  });
});

describe('starling tour', () => {
  test('asks the sensors, trains, and ends in a table and two reports', async () => {
    const out = join(folder, 'tour');
    const { code, stdout, stderr } = await runStarling(
      'tour',
      '--rounds',
      '2',
      '--out',
      out,
      '--set',
      'clients=5',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^temperature +websocket +5 +1 +10\.7 % of readings /m);
    expect(stdout).toMatch(/^mnist +threads +100 +2 +[\d.]+ % test accuracy /m);
    for (const name of ['temperature', 'mnist']) {
      expect(stdout).toContain(`${name} report: ${join(out, name, 'report.html')}`);
      expect(readFileSync(join(out, name, 'report.html'), 'utf8')).toContain('</html>');
    }
  });
});

describe('starling coordinator and client', () => {
  test('answer together what a simulation answers alone', async () => {
    const alone = await runStarling('simulate', hot, '--json', '--runtime', 'in-process');
    const { stateHash } = doneOf(alone.stdout);
    const coordinator = startStarling([
      'coordinator',
      hot,
      '--port',
      '0',
      '--min-clients',
      '4',
      '--min-reports',
      '4',
    ]);
    const url = (await coordinator.line((line) => line.startsWith('listening at '))).slice(
      'listening at '.length,
    );
    const motes = ['mote-1', 'mote-2', 'mote-3', 'mote-4'];
    const clients = motes.map((mote) => startStarling(['client', hot, '--client', mote, '--url', url]));
    const codes = await Promise.all(
      [coordinator, ...clients].map(async ({ finished }) => (await finished).code),
    );
    expect(codes).toEqual([0, 0, 0, 0, 0]);
    expect((await coordinator.finished).stdout).toContain(`state ${stateHash}`);
  });
});
