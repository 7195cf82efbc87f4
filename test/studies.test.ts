// `starling simulate --sweep`, as a process: every combination is run and kept, several at once; what ended a study,
// the same command continues it; what fails is named, and stops nothing else.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { doneOf, type Finished, type RunningStarling, recordOf, startStarling } from './support/starling.js';

/** A mean of four numbers times `pace`, which takes `waitMs` a client; it fails where `pace` is 0. */
const FEDERATION = `
import { localComputation, tf } from '@starling/compute';
import { atClients, atServer, federatedBroadcast, federatedComputation, federatedMap, federatedMean, float32, toValue } from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const scaled = localComputation({ x: float32(), pace: float32() }, ({ x, pace }) => tf.mul(x, pace));
const clients = populationOf([1, 2, 3, 4].map((value) => toValue(float32(), value)), float32());
export default defineFederation({
  name: 'paced',
  description: 'means of two numbers of four',
  options: z.object({ pace: z.number().default(1), waitMs: z.number().default(0) }),
  build: ({ pace, waitMs }) => ({
    computation: federatedComputation({ x: atClients(float32()), pace: atServer(float32()) }, ({ x, pace }) =>
      federatedMean(federatedMap(scaled, { x, pace: federatedBroadcast(pace) })),
    ),
    arguments: { pace },
    population: {
      ...clients,
      dataAtHand: false,
      async load(index) {
        if (pace === 0) process.exit(7);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        return clients.load(index);
      },
    },
    sampler: uniformSampler({ cohortSize: 2 }),
    rounds: 4,
  }),
});
`;

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-studies-')));
const file = join(folder, 'paced.ts');
writeFileSync(file, FEDERATION);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const started: RunningStarling[] = [];
afterEach(() => {
  for (const { child } of started.splice(0)) child.kill('SIGKILL');
});
function start(...parameters: readonly string[]): RunningStarling {
  const running = startStarling(parameters, { directory: folder });
  started.push(running);
  return running;
}
const study = (out: string, ...parameters: readonly string[]): RunningStarling =>
  start('simulate', file, '--runtime', 'in-process', '--out', out, ...parameters);
const lines = ({ stdout }: Finished): readonly Readonly<Record<string, unknown>>[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const recordIn = (...path: readonly string[]) =>
  recordOf(readFileSync(join(...path, 'metrics.jsonl'), 'utf8'));
/** Rounds in the order in which they were committed: one that is run again stands there twice. */
const roundsIn = (...path: readonly string[]) =>
  recordIn(...path).flatMap((line) => (line.type === 'round' ? [line.round] : []));
/** How often a run was taken up. */
const startsIn = (...path: readonly string[]) =>
  recordIn(...path).filter(({ type }) => type === 'run').length;

const GRID = ['--sweep', 'pace=1,2', '--sweep', 'seed=1..3'];
const NAMES = [1, 2].flatMap((pace) => [1, 2, 3].map((seed) => `pace=${pace},seed=${seed}`));

describe('a sweep', () => {
  const out = join(folder, 'grid');
  let finished: Finished;
  beforeAll(async () => {
    finished = await study(out, ...GRID, '--target', 'value=4').finished;
  }, 60_000);

  test('runs every combination, each in a folder of its own, to the hash of the run by itself', async () => {
    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(out).sort()).toEqual([...NAMES, 'report.html', 'rounds.csv']);
    const alone = await start(
      ...['simulate', file, '--runtime', 'in-process', '--set', 'pace=2', '--seed', '3', '--json'],
    ).finished;
    const kept = readFileSync(join(out, 'pace=2,seed=3', 'metrics.jsonl'), 'utf8');
    expect(doneOf(kept).stateHash).toBe(doneOf(alone.stdout).stateHash);
  });

  test('prints a line a run, a table of what it has found, and where the report is', () => {
    const [head, ...others] = finished.stdout.trimEnd().split('\n');
    expect(head).toMatch(/paced\.ts: 6 runs of 2 combinations, \d+ at once$/);
    expect(others.filter((line) => /^\d\/6 {2}pace=[12] seed=[123] {2}value /.test(line))).toHaveLength(6);
    expect(finished.stdout).toContain('rounds to value ≥ 4');
    expect(others.at(-1)).toBe(`report: ${join(out, 'report.html')}`);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  test('leaves all rounds of all runs as one table', () => {
    const [header, ...rows] = readFileSync(join(out, 'rounds.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('pace,seed,round,attempt,cohort,accepted,rejected,dropped,wallMs,value');
    expect(rows).toHaveLength(6 * 4);
    // The mean of two of 1, 2, 3 and 4, doubled: from 3 to 7.
    for (const row of rows.filter((each) => each.startsWith('2,'))) {
      expect(Number(row.split(',').at(-1))).toBeGreaterThanOrEqual(3);
      expect(Number(row.split(',').at(-1))).toBeLessThanOrEqual(7);
    }
  });

  test('runs nothing again; one of each combination is compared with what it would be now', async () => {
    const before = NAMES.map((name) => roundsIn(out, name));
    const again = await study(out, ...GRID, '--json').finished;
    expect(again.code).toBe(0);
    expect(lines(again).map((line) => line['outcome'])).toEqual([...NAMES.map(() => 'kept'), undefined]);
    expect(NAMES.map((name) => roundsIn(out, name))).toEqual(before);
    expect(NAMES.filter((name) => startsIn(out, name) === 2)).toHaveLength(2);
    const last = lines(again).at(-1)!;
    expect(last).toMatchObject({ type: 'study', cells: [{ varied: { pace: '1' }, runs: 3, done: 3 }, {}] });
  });

  test('adds what is new to a grid, and continues runs where more rounds are asked for', async () => {
    const { code } = await study(out, '--sweep', 'pace=1,3', '--sweep', 'seed=3', '--rounds', '6').finished;
    expect(code).toBe(0);
    expect(roundsIn(out, 'pace=1,seed=3')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(roundsIn(out, 'pace=3,seed=3')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(roundsIn(out, 'pace=1,seed=1')).toEqual([1, 2, 3, 4]);
  });
});

describe('a study that is ended', () => {
  const slow = ['--set', 'waitMs=60', '--rounds', '12', '--jobs', '2'];
  const expected = new Map<string, string>();
  beforeAll(async () => {
    const out = join(folder, 'unbroken');
    await study(out, ...GRID, '--set', 'waitMs=60', '--rounds', '12').finished;
    for (const name of NAMES)
      expected.set(name, doneOf(readFileSync(join(out, name, 'metrics.jsonl'), 'utf8')).stateHash);
  }, 120_000);

  async function continued(out: string): Promise<void> {
    const again = await study(out, ...GRID, ...slow).finished;
    expect(again).toMatchObject({ code: 0, stderr: '' });
    for (const name of NAMES) {
      // Each round once, though the run may have been begun twice.
      expect(roundsIn(out, name)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
      expect(doneOf(readFileSync(join(out, name, 'metrics.jsonl'), 'utf8')).stateHash).toBe(
        expected.get(name),
      );
    }
  }

  test('by Ctrl-C says what is left, exits with 130, and is continued by the same command', async () => {
    const out = join(folder, 'stopped');
    const run = study(out, ...GRID, ...slow);
    await run.line((line) => line.startsWith('2/6'));
    run.child.kill('SIGINT');
    const { code, stdout } = await run.finished;
    expect(code).toBe(130);
    expect(stdout).toMatch(/stopped with \d of 6 runs left; the same command continues/);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
    await continued(out);
  }, 120_000);

  test('by kill -9 ends its runs with it, and is continued by the same command', async () => {
    const out = join(folder, 'killed');
    const run = study(out, ...GRID, ...slow);
    await run.line((line) => line.startsWith('2/6'));
    run.child.kill('SIGKILL');
    await run.finished;
    await continued(out);
  }, 120_000);
});

describe('a run that fails', () => {
  test('stops no other, and is named with its reason and folder, by exit code 1', async () => {
    const out = join(folder, 'failing');
    const { code, stdout } = await study(out, '--sweep', 'pace=0,1', '--sweep', 'seed=1,2').finished;
    expect(code).toBe(1);
    expect(stdout).toMatch(/pace=0 seed=1 {2}failed after 0 rounds: its process ended with 7/);
    expect(stdout).toMatch(/^pace=0 +0 of 2 +–$/m);
    expect(stdout).toMatch(/^pace=1 +2 /m);
    expect(stdout).toContain(`failed: ${join(out, 'pace=0,seed=2')}\n  its process ended with 7`);
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('its process ended with 7');
  });

  test('is one whose folder holds another run', async () => {
    const out = join(folder, 'other');
    await study(out, '--sweep', 'seed=1').finished;
    const { code, stdout } = await study(out, '--sweep', 'seed=1', '--set', 'pace=5').finished;
    expect(code).toBe(1);
    expect(stdout).toContain('settings.pace: 1 → 5');
  });
});

describe('a sweep that can never be is refused before anything runs', () => {
  test.each([
    [['--sweep', 'speed=1,2'], /settings must be among pace or waitMs, got 'speed'/],
    [['--sweep', 'pace=fast'], /'pace' must be as its description says .* got 'fast'/],
    [['--sweep', 'seed=1..2', '--seed', '3'], /Cannot sweep seed: need it in --sweep or as --seed, got both/],
    [
      ['--sweep', 'pace=1,2', '--set', 'pace=1'],
      /Cannot sweep pace: need it in --sweep or in --set, got both/,
    ],
    [['--jobs', '2'], /Cannot use --jobs: need --sweep, got none/],
    [['--sweep', 'pace=1', '--target', 'value'], /Cannot read --target: it must be metric=number/],
  ])('%j', async (parameters, message) => {
    const out = join(folder, 'never');
    const { code, stderr } = await study(out, ...parameters).finished;
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  test('a target that no run reports ends the study with the first run', async () => {
    const out = join(folder, 'no-target');
    const parameters = ['--sweep', 'seed=1..3', '--jobs', '1', '--target', 'accuracy=1'];
    const { code, stderr } = await study(out, ...parameters).finished;
    expect(code).toBe(2);
    expect(stderr).toBe("Cannot have a target of accuracy: need value, got 'accuracy'\n");
    expect(readdirSync(out)).toEqual(['seed=1']);
  });
});

test('runStudy runs a study in a file, and gives what it has found', async () => {
  const script = join(folder, 'study.ts');
  writeFileSync(
    script,
    `
import { runStudy } from '@starling/cli/study';

const { cells, runs } = await runStudy({
  federation: new URL('./paced.ts', import.meta.url),
  out: 'runs/paces',
  settings: { waitMs: 1 },
  sweep: { pace: [1, 2], seed: [1, 2, 3] },
  rounds: 3,
  target: 'value=1',
});
for (const { varied, done, finals, target } of cells) {
  console.log('found', JSON.stringify([varied.pace, done, finals.get('value')?.count, target?.rounds?.mean]));
}
console.log('found', runs.length);
`,
  );
  const { code, stdout, stderr } = await start('run', script).finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  // Of two of 1 to 4 the mean is at least 1.5: the target is reached in round 1.
  expect(stdout.split('\n').filter((line) => line.startsWith('found'))).toEqual([
    'found ["1",3,3,1]',
    'found ["2",3,3,1]',
    'found 6',
  ]);
  expect(roundsIn(folder, 'runs/paces', 'pace=2,seed=1')).toEqual([1, 2, 3]);
}, 60_000);
