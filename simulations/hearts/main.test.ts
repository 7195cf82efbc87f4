import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, seedFrom, type Tensor } from '@starling/federated-core';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hospitals, patients } from './hospitals.js';
import hearts from './main.js';

let folder: string;

/** Six patients, of which the last misses its blood pressure: two thirds of five are 3 to train on, and 2 for tests. */
const file = (sickFrom: number): string =>
  [0, 1, 2, 3, 4, 5]
    .map((at) =>
      [
        40 + at,
        at % 2,
        1 + (at % 4),
        at === 5 ? '?' : 120 + at,
        200,
        0,
        at % 3,
        150,
        1,
        0.5 * at,
        '?',
        '?',
        '?',
      ]
        .concat(at >= sickFrom ? at : 0)
        .join(','),
    )
    .join('\n');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'starling-hearts-'));
  for (const [at, hospital] of hospitals.entries()) {
    await writeFile(join(folder, `processed.${hospital}.data`), `${file(at)}\n`);
  }
});
afterAll(() => rm(folder, { recursive: true }));

const columns = (dataset: Dataset) => dataset.columns as { readonly x: Tensor; readonly y: Tensor };

describe('hearts', () => {
  test('have four hospitals, whose patients are on the scale of those to train on', async () => {
    const { train, test: tests } = await patients(folder, seedFrom(1));
    expect([...train.clientIds()]).toEqual(hospitals.map((hospital) => `${hospital}-train/all`));
    expect([0, 1, 2, 3].map((client) => train.exampleCount!(client))).toEqual([3, 3, 3, 3]);
    expect([0, 1, 2, 3].map((client) => tests.exampleCount!(client))).toEqual([2, 2, 2, 2]);
    const { x } = columns(await train.rows(0));
    expect(x.shape).toEqual([3, 13]);
    for (let feature = 0; feature < 13; feature++) {
      const numbers = [0, 1, 2].map((row) => Number(x.data[13 * row + feature]));
      // A mean of 0, and squares that add up to the three of a variance of 1, or to 0 where nothing varies.
      expect(numbers.reduce((sum, each) => sum + each)).toBeCloseTo(0, 5);
      expect([0, 3]).toContain(Math.round(1e4 * numbers.reduce((sum, each) => sum + each * each, 0)) / 1e4);
    }
    // Switzerland's file has all but the first three sick, of whatever degree.
    const sides = [columns(await train.rows(2)), columns(await tests.rows(2))];
    expect(sides.flatMap(({ y }) => [...y.data].map(Number)).sort()).toEqual([0, 0, 1, 1, 1]);
  });

  test.each(['average', 'adam', 'yogi'] as const)(
    'are learnt by %s, and tested hospital by hospital',
    async (algorithm) => {
      const setup = await hearts.build(hearts.options.parse({ data: folder, algorithm }));
      const { evaluation } = await runRounds({ ...setup, runtime: inProcessRuntime(), seed: 1 });
      const { clients, examples } = evaluation as unknown as {
        readonly clients: readonly { readonly examples: number }[];
        readonly examples: number;
      };
      expect(clients.map((client) => client.examples)).toEqual([2, 2, 2, 2]);
      expect(examples).toBe(8);
    },
  );
});
