// `starling runs`, as a process: what it says of runs that `--out` and `--state` have kept.
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seedFrom } from '@starling/federated-core';
import { cohortSeed } from '@starling/rounds';
import { recordLine } from '@starling/runtime/record';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runStarling } from './support/starling.js';

/**
 * Clients 0 to 2 hold their number, all others cannot be loaded. Each round asks one of these and one of those, and of
 * round 2 the first attempt only those.
 */
const FEDERATION = `
import { localComputation, tf } from '@starling/compute';
import { atClients, atServer, federatedComputation, federatedMap, federatedMean, federatedValue, float32, iterativeProcess, toValue } from '@starling/federated-core';
import { populationOf } from '@starling/population';
import { defineFederation } from '@starling/runtime';
import { z } from 'zod';

const step = localComputation({ state: float32(), mean: float32(), pace: float32() }, ({ state, mean, pace }) =>
  tf.add(state, tf.mul(mean, pace)),
);
const process = iterativeProcess({
  initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
  next: federatedComputation(
    { state: atServer(float32()), pace: atServer(float32()), value: atClients(float32()) },
    ({ state, pace, value }) => {
      const mean = federatedMean(value);
      return { state: federatedMap(step, { state, mean, pace }), metrics: { mean } };
    },
  ),
});
const clients = populationOf(Array.from({ length: 8 }, (_, index) => toValue(float32(), index)), float32());
const firstAttempt = ${JSON.stringify(String(cohortSeed(seedFrom(1), 1)))};

export default defineFederation({
  name: 'flaky',
  description: 'clients that fail',
  options: z.object({ pace: z.number().default(2) }),
  build: ({ pace }) => ({
    process,
    arguments: { pace },
    population: {
      ...clients,
      dataAtHand: false,
      load(index) {
        if (index > 2) throw new Error('no disk');
        return clients.load(index);
      },
    },
    sampler: {
      name: 'some of both',
      sample: ({ round, seed }) => (round === 2 && String(seed) === firstAttempt ? [3, 4] : [round - 1, 2 + round]),
    },
    rounds: 3,
  }),
});
`;

const folder = mkdtempSync(join(tmpdir(), 'starling-runs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'flaky.ts');
writeFileSync(file, FEDERATION);
const out = join(folder, 'deep', 'kept');
/** Of the first start; a second one adds a round. */
const ROUNDS = 3;

describe('starling runs', () => {
  let stateHash = '';
  beforeAll(async () => {
    const simulate = ['simulate', file, '--runtime', 'in-process', '--out', out, '--json'];
    await runStarling(...simulate, '--rounds', String(ROUNDS - 1));
    const { stdout, code } = await runStarling(...simulate, '--rounds', String(ROUNDS), '--resume');
    expect(code).toBe(0);
    stateHash = JSON.parse(stdout.trimEnd().split('\n').at(-1)!).stateHash;
  }, 60_000);

  test('lists the runs below a directory, as text and as JSON', async () => {
    const text = await runStarling('runs', 'list', folder);
    expect(text.code).toBe(0);
    expect(text.stdout).toMatch(new RegExp(`^[0-9a-f]{16} +flaky +3/3 +finished +${out}$`, 'm'));
    const json = await runStarling('runs', 'list', folder, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject([
      { federation: 'flaky', rounds: 3, asked: 3, end: { outcome: 'finished' }, directory: out },
    ]);
    mkdirSync(join(folder, 'empty'));
    expect((await runStarling('runs', 'list', join(folder, 'empty'))).stdout).toBe('no runs\n');
  });

  test('lists the others where a run cannot be read, and names that one', async () => {
    const mixed = join(folder, 'mixed');
    for (const name of ['good', 'bad']) {
      mkdirSync(join(mixed, name), { recursive: true });
      copyFileSync(join(out, 'journal.log'), join(mixed, name, 'journal.log'));
    }
    writeFileSync(join(mixed, 'bad', 'journal.log'), 'something else\n');
    const { code, stdout, stderr } = await runStarling('runs', 'list', mixed);
    expect(code).toBe(1);
    expect(stdout).toMatch(/flaky +3\/3 +finished +\S+good$/m);
    expect(stderr).toContain(`Cannot read ${join(mixed, 'bad')}: it holds a run of which no entry is whole`);
    rmSync(mixed, { recursive: true });
  });

  test('shows what a run is, its attempts, and who did not count, in 80 columns', async () => {
    const { stdout, code } = await runStarling('runs', 'show', out);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^federation {2}flaky: /m);
    expect(stdout).toMatch(/^starts +2$/m);
    expect(stdout).toContain('attempts that failed');
    expect(stdout).toMatch(/^ {2}2\.1 +empty-aggregate: Cannot finish round 2: /m);
    expect(stdout).toMatch(/^ {2}3 dropped, load-failed$/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const picture = JSON.parse((await runStarling('runs', 'show', out, '--json')).stdout);
    expect(picture).toMatchObject({ seed: 1, starts: 2, rounds: 3, asked: 3, end: { outcome: 'finished' } });
    expect(picture.committed.map(({ round }: { round: number }) => round)).toEqual([1, 2, 3]);
    expect(picture.committed.at(-1).stateHash).toBe(stateHash);
    expect(picture.failures).toMatchObject([{ round: 2, attempt: 1, code: 'empty-aggregate' }]);
  });

  test('compares runs: what differs, to what they came, and how long their states were the same', async () => {
    const faster = join(folder, 'faster');
    await runStarling('simulate', file, '--runtime', 'in-process', '--out', faster, '--set', 'pace=3');
    const compared = JSON.parse((await runStarling('runs', 'compare', out, faster, '--json')).stdout);
    // In round n client n − 1 counts, which holds n − 1: the first round adds 0 at any pace, the second 2 or 3.
    expect(compared.sameUpTo).toBe(1);
    expect(compared.differences).toContainEqual({ field: 'settings.pace', values: [2, 3] });
    expect(compared.runs).toMatchObject([
      { directory: out, rounds: 3, finals: { mean: 2 }, stateHash },
      { directory: faster, rounds: 3, finals: { mean: 2 } },
    ]);
    const { stdout, code } = await runStarling('runs', 'compare', out, faster);
    expect(code).toBe(0);
    expect(stdout).toContain(`A  ${out}: flaky, 3 of 3 rounds, finished\nB  ${faster}: flaky`);
    expect(stdout).toMatch(/^settings\.pace +2 +3$/m);
    expect(stdout).toMatch(/^mean +2 +2$/m);
    expect(stdout).toMatch(/\nall have the same states for 1 round\n$/);
    rmSync(faster, { recursive: true });

    const same = await runStarling('runs', 'compare', out, out);
    expect(same.stdout).toContain('they were told to be the same run');
    expect(same.stdout).toMatch(/\nall have the same states for 3 rounds\n$/);
    expect(await runStarling('runs', 'compare', out)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Cannot compare runs: need 2 to 26 directories, got one'),
    });
  });

  test('makes the record again, to the last byte, and a table of its rounds', async () => {
    const path = join(out, 'metrics.jsonl');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, before.slice(0, before.length / 2));
    expect(await runStarling('runs', 'export', out)).toMatchObject({ code: 0, stdout: `${path}\n` });
    expect(readFileSync(path, 'utf8')).toBe(before);
    for (const line of before.trimEnd().split('\n')) recordLine.parse(JSON.parse(line));
    expect((await runStarling('runs', 'export', out, '--json')).stdout).toBe(before);
    const csv = join(folder, 'rounds.csv');
    await runStarling('runs', 'export', out, '--csv', '--to', csv);
    const [header, ...rows] = readFileSync(csv, 'utf8').trimEnd().split('\n');
    expect(header).toBe('round,attempt,cohort,accepted,rejected,dropped,wallMs,mean');
    expect(rows.map((row) => Number(row.split(',')[0]))).toEqual([1, 2, 3]);
  });

  test('names the file that an export cannot be written to, and leaves no half of one', async () => {
    const to = join(folder, 'nowhere', 'rounds.csv');
    const { code, stderr } = await runStarling('runs', 'export', out, '--csv', '--to', to);
    expect(code).toBe(2);
    expect(stderr).toContain(`Cannot export a run to ${to}: need a file that can be written, got: ENOENT`);
    const taken = join(folder, 'taken');
    mkdirSync(taken);
    expect(await runStarling('runs', 'export', out, '--to', taken)).toMatchObject({ code: 2 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.partial'))).toEqual([]);
  });

  test('replays a run to the states that were committed', async () => {
    const { stdout, code } = await runStarling('runs', 'replay', out, file);
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(ROUNDS + 1);
    expect(stdout).toContain('all 3 rounds end in the states that were committed');
    const json = await runStarling('runs', 'replay', out, file, '--json');
    const lines = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({ type: 'replayed', rounds: 3, agrees: true });
    expect(lines.at(-2)).toMatchObject({ round: 3, committed: stateHash, replayed: stateHash });
    const other = await runStarling('runs', 'replay', out, file, '--set', 'pace=3');
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('settings.pace: 2 → 3') });
  });

  test('finds damage, and says so by its exit code', async () => {
    expect(await runStarling('runs', 'verify', out)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^run [0-9a-f]{16}: all that is kept of 3 rounds is whole\n$/),
    });
    const damaged = join(folder, 'damaged');
    mkdirSync(damaged);
    for (const name of ['journal.log', 'run.log', 'round-00000002.safetensors', 'round-00000003.safetensors'])
      copyFileSync(join(out, name), join(damaged, name));
    const path = join(damaged, 'round-00000003.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    const found = await runStarling('runs', 'verify', damaged);
    expect(found.code).toBe(1);
    expect(found.stdout).toMatch(/^the state of round 3: .*need \d+ bytes of SHA-256 /);
    const json = JSON.parse((await runStarling('runs', 'verify', damaged, '--json')).stdout);
    expect(json).toMatchObject({ rounds: 3, damage: [{ where: 'the state of round 3' }] });
    // The round before is used, with a warning; the same round is run again, to the same state.
    const simulate = [
      'simulate',
      file,
      '--runtime',
      'in-process',
      '--out',
      damaged,
      '--json',
      '--rounds',
      '3',
    ];
    const resumed = await runStarling(...simulate, '--resume');
    expect(resumed.stderr).toContain(`damage in ${damaged} was passed over`);
    expect(JSON.parse(resumed.stdout.trimEnd().split('\n').at(-1)!)).toMatchObject({
      type: 'done',
      stateHash,
    });
  });

  test('refuses a directory without runs', async () => {
    const none = await runStarling('runs', 'show', join(folder, 'none'));
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('got no such directory') });
  });
});
