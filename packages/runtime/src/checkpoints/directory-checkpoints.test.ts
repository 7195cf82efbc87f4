import { link, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensor } from '@starling/federated-core';
import { encodeSafetensors } from '@starling/plan/safetensors';
import { afterEach, assert, beforeEach, describe, expect, test } from 'vitest';
import { type RoundLine, type RunLine, recordLine } from '../record/record-line.js';
import type { Checkpoint } from './checkpoint-store.js';
import { checkpointStore } from './directory-checkpoints.js';
import type { RunIdentity } from './run-identity.js';

describe('checkpointStore', () => {
  let directory = '';
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'starling-checkpoints-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const identity: RunIdentity = {
    plan: 'a'.repeat(64),
    initialize: null,
    seed: 7,
    settings: { clients: 40 },
    arguments: 'b'.repeat(64),
    engine: { server: 'onnx', clients: 'onnx' },
    sampler: { name: 'uniform', cohortSize: 10, firstCohort: 'c'.repeat(64) },
    population: { name: 'toy', size: 40 },
    versions: { starling: '0.1.0', planFormat: 1 },
  };
  const checkpoint = (round: number): Checkpoint => ({
    round,
    identity,
    // The step is narrower than the weights, and so stands behind them in the file.
    names: ['step', 'weights'],
    leaves: [
      tensor('bool', [], Uint8Array.of(1)),
      tensor('float64', [2], Float64Array.of(round, Number.NaN)),
    ],
  });
  const accept = (): void => {};
  const roundLine = (round: number): RoundLine => ({
    type: 'round',
    round,
    metrics: { loss: round / 2 },
    cohort: 2,
    accepted: 2,
    rejected: 0,
    dropped: 0,
    lost: [],
    wallMs: 1,
  });
  const runLine = (from: number) => ({ type: 'run', from }) as RunLine;
  const lines = async () =>
    (await readFile(join(directory, 'metrics.jsonl'), 'utf8')).split('\n').slice(0, -1);

  test('`checkpointStore` gives the newest checkpoint, its leaves in their order', async () => {
    const store = checkpointStore(directory);
    for (const round of [1, 9, 10]) await store.save(checkpoint(round));
    assert.deepEqual(await checkpointStore(directory).resume(accept), checkpoint(10));
  });

  test('`checkpointStore` gives nothing when the directory is new, and makes it', async () => {
    assert.isNull(await checkpointStore(join(directory, 'new', 'run')).resume(accept));
    assert.deepEqual(await readdir(join(directory, 'new', 'run')), []);
  });

  test('`checkpointStore` keeps only the last checkpoints', async () => {
    const store = checkpointStore(directory, { keep: 2 });
    for (const round of [1, 2, 3, 4]) await store.save(checkpoint(round));
    assert.deepEqual((await readdir(directory)).sort(), [
      'round-00000003.safetensors',
      'round-00000004.safetensors',
    ]);
  });

  test('`checkpointStore` passes over a checkpoint that a crash cut short while it was written', async () => {
    await checkpointStore(directory).save(checkpoint(3));
    await writeFile(join(directory, 'round-00000004.safetensors.partial'), 'half');
    assert.equal((await checkpointStore(directory).resume(accept))?.round, 3);
  });

  test('`checkpointStore` throws when a checkpoint is damaged, rather than continue from an older one', async () => {
    await checkpointStore(directory).save(checkpoint(3));
    await writeFile(join(directory, 'round-00000003.safetensors'), 'damaged');
    await expect(checkpointStore(directory).resume(accept)).rejects.toMatchObject({
      code: 'bad-checkpoint',
    });
  });

  test('`checkpointStore` changes nothing when the checkpoint is not accepted', async () => {
    const store = checkpointStore(directory);
    await store.save(checkpoint(3));
    await store.record(roundLine(4));
    await store.save(checkpoint(4));
    await rm(join(directory, 'round-00000004.safetensors'));
    const refusal = new Error('of another run');
    const resuming = checkpointStore(directory).resume((found) => {
      assert.deepEqual(found, checkpoint(3));
      throw refusal;
    });
    await expect(resuming).rejects.toBe(refusal);
    assert.lengthOf(await lines(), 1);
  });

  test('`checkpointStore` names the newest whole checkpoint when later ones are damaged', async () => {
    const store = checkpointStore(directory, { keep: 3 });
    for (const round of [1, 2, 3]) await store.save(checkpoint(round));
    await writeFile(join(directory, 'round-00000002.safetensors'), 'damaged');
    await rm(join(directory, 'round-00000003.safetensors'));
    await mkdir(join(directory, 'round-00000003.safetensors'));
    await expect(checkpointStore(directory).resume(accept)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringMatching(
        /; round-00000001\.safetensors is whole: to continue from there, move round-00000002\.safetensors, round-00000003\.safetensors out of the directory$/,
      ),
    });
    for (const round of [2, 3])
      await rm(join(directory, `round-0000000${round}.safetensors`), { recursive: true });
    assert.deepEqual(await checkpointStore(directory).resume(accept), checkpoint(1));
  });

  test('`checkpointStore` throws when a checkpoint stands under the name of another round', async () => {
    await checkpointStore(directory).save(checkpoint(3));
    const [from, to] = ['round-00000003.safetensors', 'round-00000004.safetensors'];
    await rename(join(directory, from), join(directory, to));
    await expect(checkpointStore(directory).resume(accept)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: `Cannot resume from ${join(directory, to)}: round must be 4, got '3'`,
    });
  });

  test('`checkpointStore` refuses a checkpoint of an earlier version, which has no hashes', async () => {
    const leaves = [['step', tensor('bool', [], Uint8Array.of(1))]] as const;
    const metadata = {
      format: 'starling-checkpoint',
      round: '3',
      plan: identity.plan,
      seed: '7',
      leaves: '["step"]',
    };
    await writeFile(join(directory, 'round-00000003.safetensors'), encodeSafetensors(leaves, metadata));
    await expect(checkpointStore(directory).resume(accept)).rejects.toMatchObject({
      code: 'bad-checkpoint',
      message: expect.stringMatching(/got that of an earlier version of Starling$/),
    });
  });

  test('`checkpointStore` forgets lines of what came after the last checkpoint when it resumes', async () => {
    const store = checkpointStore(directory);
    const end = { type: 'failed', failedRounds: 0, code: 'x', message: 'm', wallMs: 1 } as const;
    const committed = [runLine(0), roundLine(1), { ...end, rounds: 1 }, runLine(1), roundLine(2)];
    for (const line of committed) await store.record(line);
    await store.save(checkpoint(2));
    for (const line of [roundLine(3), { ...end, rounds: 3 }]) await store.record(line);
    await store.flush();
    assert.lengthOf(await lines(), 7);
    await writeFile(join(directory, 'metrics.jsonl'), '{"type":"round","round":3}\n{"type":', { flag: 'a' });
    await checkpointStore(directory).resume(accept);
    assert.deepEqual(
      (await lines()).map((line) => JSON.parse(line)),
      committed,
    );
  });

  test('`checkpointStore` takes rows of an earlier version as lines of rounds', async () => {
    await checkpointStore(directory).save(checkpoint(2));
    const rows = [
      { round: 1, metrics: { loss: 0.5, grid: { dtype: 'int32', shape: [1, 2], data: [1, 2] } }, wallMs: 3 },
      { round: 2, metrics: 0.25, evaluation: { accuracy: 0.9 }, wallMs: 4 },
      { round: 3, metrics: 0.125, wallMs: 5 },
    ];
    await writeFile(join(directory, 'metrics.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await checkpointStore(directory).resume(accept);
    assert.deepEqual(
      (await lines()).map((line) => recordLine.parse(JSON.parse(line))),
      [
        { type: 'earlier-round', round: 1, metrics: { loss: 0.5, grid: [[1, 2]] }, wallMs: 3 },
        {
          type: 'earlier-round',
          round: 2,
          metrics: { value: 0.25 },
          evaluation: { accuracy: 0.9 },
          wallMs: 4,
        },
      ],
    );
  });

  test('`checkpointStore` writes the lines aside on resume, so that a crash leaves the old ones whole', async () => {
    const store = checkpointStore(directory);
    await store.record(roundLine(1));
    await store.save(checkpoint(1));
    await store.record(roundLine(2));
    await store.flush();
    const before = await lines();
    // A second name of the file as it was: what is written in place would show there, too.
    await link(join(directory, 'metrics.jsonl'), join(directory, 'as-it-was'));
    await checkpointStore(directory).resume(accept);
    assert.deepEqual(await lines(), before.slice(0, 1));
    assert.equal(await readFile(join(directory, 'as-it-was'), 'utf8'), `${before.join('\n')}\n`);
  });

  test('`checkpointStore` starts the lines anew when there is nothing to resume', async () => {
    await writeFile(join(directory, 'metrics.jsonl'), `${JSON.stringify(runLine(0))}\n`);
    await checkpointStore(directory).resume(accept);
    assert.deepEqual(await lines(), []);
  });
});
