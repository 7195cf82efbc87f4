// The command line as a process: how a run ends that code of the user's does not let end, or that such code breaks from
// where nothing waits for it.
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type RunningStarling, recordOf, startStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-stops-')));
const started: RunningStarling[] = [];
function start(...parameters: readonly string[]): RunningStarling {
  const running = startStarling(parameters);
  started.push(running);
  return running;
}
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL'); // one that is busy for ever would stay
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A federation whose `load` has these lines, the first of them on line 6. Two of a thousand clients a round: threads
 * load a client once, and keep its data.
 */
function federation(name: string, ...load: readonly string[]): string {
  const file = join(folder, name);
  const lines = [
    "import { atClients, federatedComputation, federatedSum, int32, toValue } from '@starling/federated-core';",
    "import { populationOf, uniformSampler } from '@starling/population';",
    "import { defineFederation } from '@starling/runtime';",
    "import { z } from 'zod'; import { EventEmitter } from 'node:events';",
    'let loads = 0; const load = async (index: number) => { loads++;',
    ...load,
    '  return clients.load(index); };',
    'const clients = populationOf(Array.from({ length: 1000 }, (_, value) => toValue(int32(), value)), int32());',
    'export default defineFederation({',
    `  name: '${name}', description: 'Stops, or not.', options: z.object({}),`,
    '  build: () => ({',
    '    computation: federatedComputation({ x: atClients(int32()) }, ({ x }) => federatedSum(x)),',
    '    population: { ...clients, load }, sampler: uniformSampler({ cohortSize: 2 }), rounds: 1000000,',
    '  }),',
    '});',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** The last of three rounds or more that the lines of a record tell of. */
function lastRound(record: string): number {
  const rounds = recordOf(record).flatMap((line) => (line.type === 'round' ? [line.round] : []));
  expect(rounds.length).toBeGreaterThanOrEqual(3);
  return rounds.at(-1)!;
}

function lastCheckpoint(directory: string): number {
  return Math.max(
    ...readdirSync(directory).map((name) => Number(/^round-(\d+)\.safetensors$/.exec(name)?.[1] ?? 0)),
  );
}

/** Long enough for the time of grace, and for a slow machine. */
const BOUND_MS = 20_000;
const STOPPED = 'Stopped without waiting for what still ran; the rounds that were committed stand\n';

const FREED = 'Broke off code that did not return\n';

describe('Ctrl-C, while a client loads for ever', () => {
  const busy = federation('busy.ts', '  if (loads > 20) { console.log("busy"); for (;;) Math.sin(loads); }');
  const never = federation(
    'never.ts',
    '  if (loads > 20) { console.log("busy"); await new Promise(() => setInterval(() => {}, 1000)); }',
  );

  test.each([
    ['in-process', busy, `${FREED}    at ${busy}:6:`],
    ['threads', busy, `${FREED}    at ${busy}:6:`],
    ['in-process', never, ''],
    ['threads', never, ''],
  ])(
    'once ends a run on %s of %s with 130 after a time of grace, and the last committed round stands',
    async (runtime, file, words) => {
      const out = mkdtempSync(join(folder, 'out-'));
      const run = start('simulate', file, '--runtime', runtime, '--out', out);
      await run.line((line) => line === 'busy');
      const begin = performance.now();
      run.child.kill('SIGINT');
      const { code, stderr } = await run.finished;
      expect(performance.now() - begin).toBeLessThan(BOUND_MS);
      expect(code).toBe(130);
      expect(stderr.startsWith(words)).toBe(true);
      expect(lastCheckpoint(out)).toBe(lastRound(readFileSync(join(out, 'metrics.jsonl'), 'utf8')));
    },
    60_000,
  );

  test.each(['in-process', 'threads'])('twice ends a run on %s at once', async (runtime) => {
    const run = start('simulate', busy, '--runtime', runtime);
    await run.line((line) => line === 'busy');
    run.child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 100)); // two signals at once would be one
    const begin = performance.now();
    run.child.kill('SIGINT');
    const { code, stderr } = await run.finished;
    expect(performance.now() - begin).toBeLessThan(4_000); // less than the time of grace, on a busy machine
    // What is broken off may end the run properly before the second signal is seen.
    expect([STOPPED, FREED].some((words) => stderr.includes(words))).toBe(true);
    // With threads at work it ends as by the signal itself, which shells call 130, too.
    expect(code ?? 128 + constants.signals[run.child.signalCode!]).toBe(130);
  });
});

describe('an error that nothing waits for', () => {
  const thrown = {
    'timer.ts': "  if (loads === 20) setTimeout(() => { throw new RangeError('too late'); }, 1);",
    'promise.ts':
      "  if (loads === 20) void Promise.resolve().then(() => { throw new RangeError('too late'); });",
    'emitter.ts':
      "  if (loads === 20) setImmediate(() => new EventEmitter().emit('error', new RangeError('too late')));",
  };

  test.each(Object.entries(thrown))(
    'in %s ends a run with 1, a sentence and the line, and the last committed round stands',
    async (name, line) => {
      const file = federation(name, line);
      const out = mkdtempSync(join(folder, 'out-'));
      const { code, stdout, stderr } = await start(
        'simulate',
        file,
        '--runtime',
        'in-process',
        '--json',
        '--out',
        out,
      ).finished;
      expect(stderr).toMatch(
        /^Cannot continue: code must not throw where nothing waits for it, .* got RangeError: too late\n( {4}at .*\n)+$/,
      );
      expect(stderr).toContain(`${file}:6:`);
      expect(code).toBe(1);
      const lines = recordOf(stdout);
      expect(lines.at(-1)).toMatchObject({ type: 'failed', code: 'stray-error' });
      expect(lastCheckpoint(out)).toBe(lastRound(stdout));
    },
  );

  /** Throws, where the process is that of `command`, two seconds after it has imported the file. */
  const inCommand = (command: string): string =>
    federation(
      `${command}.ts`,
      `  return clients.load(index); }; if (process.argv[2] === '${command}') setTimeout(() => { throw new RangeError('too late'); }, 2000); export const _ = async (index: number) => {`,
    );

  test('ends a coordinator with 1, a sentence and the line', async () => {
    const file = inCommand('coordinator');
    const { code, stderr } = await start('coordinator', file, '--port', '0').finished;
    expect(code).toBe(1);
    expect(stderr).toContain('got RangeError: too late\n');
    expect(stderr).toContain(`${file}:6:`);
    expect(stderr).not.toContain('Node.js v');
  });

  test('ends a client so, and its coordinator serves on', async () => {
    const file = inCommand('client');
    const coordinator = start('coordinator', file, '--port', '0', '--min-clients', '5');
    const listening = await coordinator.line((line) => line.startsWith('listening at '));
    const url = listening.slice('listening at '.length);
    const client = await start('client', file, '--client', 'client-0', '--url', url).finished;
    expect(client.code).toBe(1);
    expect(client.stderr).toContain('got RangeError: too late\n');
    expect(client.stderr).toContain(`${file}:6:`);
    expect(client.stderr).not.toContain('Node.js v');
    coordinator.child.kill('SIGINT');
    expect((await coordinator.finished).code).toBe(130);
  });
});
