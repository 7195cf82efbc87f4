import type { CohortSampler } from '@starling/population';
import { memoryStore } from '@starling/store';
import { expect, test } from 'vitest';
import { type RecordLine, recordLine } from '../record/record-line.js';
import { drawnBy } from '../testing/drawn-by.js';
import { keptRounds, linesOf, options } from '../testing/growth.js';
import { runRounds } from './run-rounds.js';

test('`runRounds` tells the record and the store the same lines, of rounds once they are committed', async () => {
  const store = memoryStore();
  const lines: RecordLine[] = [];
  await runRounds(
    options({
      store,
      run: 'first',
      about: { federation: 'growth', headline: 'mean', workers: 2, startedAt: '2026-01-02T03:04:05.678Z' },
      settings: { pace: 2, missing: Number.NaN },
      sampler: drawnBy((round, attempt) => (round === 2 && attempt === 1 ? [5] : [3, 4])),
      evaluation: { every: 3, run: () => ({ accuracy: 0.5 }) },
      onFailedRound: () => {},
      async onRecord(line) {
        lines.push(line);
        if (line.type === 'round') expect((await keptRounds(store)).at(-1)).toBe(line.round);
        expect((await linesOf(store)).at(-1)).toEqual(line);
      },
    }),
  );
  expect(await linesOf(store)).toEqual(lines);
  for (const line of lines) recordLine.parse(JSON.parse(JSON.stringify(line)));
  expect(lines).toMatchObject([
    {
      type: 'run',
      id: 'first',
      federation: 'growth',
      rounds: 3,
      from: 0,
      seed: 1,
      settings: { pace: 2, missing: 'NaN' },
      population: { size: 6, fingerprint: { size: 6 } },
      workers: 2,
      versions: { node: process.versions.node },
    },
    { type: 'round', round: 1, metrics: { mean: 3.5, clients: 2 }, cohort: 2, accepted: 2, lost: [] },
    {
      type: 'failed-round',
      round: 2,
      attempt: 1,
      code: 'empty-aggregate',
      cohort: 1,
      rejected: 1,
      lost: [{ clients: ['client-5'] }],
    },
    { type: 'round', round: 2, attempt: 2, metrics: { mean: 3.5, clients: 2 } },
    { type: 'round', round: 3, evaluation: { accuracy: 0.5 } },
    { type: 'done', rounds: 3, failedRounds: 1 },
  ]);
  expect(lines[1]).not.toHaveProperty('evaluation');
});

test('`runRounds` tells of the error that ends it, whatever it is', async () => {
  const lines: RecordLine[] = [];
  const onRecord = (line: RecordLine): void => void lines.push(line);
  const sampler: CohortSampler = { name: 'twice', sample: () => [0, 0] };
  await expect(runRounds(options({ sampler, onRecord }))).rejects.toMatchObject({ code: 'bad-cohort' });
  expect(lines.map(({ type }) => type)).toEqual(['run', 'failed']);
  lines.length = 0;
  const onRound = (): never => {
    throw new Error('of the caller');
  };
  await expect(runRounds(options({ onRecord, onRound }))).rejects.toThrow('of the caller');
  expect(lines.slice(1)).toMatchObject([
    { type: 'round', round: 1 },
    { type: 'failed', rounds: 1, failedRounds: 0, code: null, message: 'of the caller' },
  ]);
});
