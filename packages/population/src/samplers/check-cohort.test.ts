import { float32, type Value } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { Population } from '../populations/population.js';
import { CohortError, checkCohort } from './check-cohort.js';

const population: Population = {
  name: 'toy',
  size: 4,
  dataType: float32(),
  clientId: (index) => `toy-${index}`,
  exampleCount: () => 0,
  load: (): Value => [],
  fingerprint: () => ({}),
};

describe('checkCohort', () => {
  test.each([[[]], [[3]], [[3, 0, 2, 1]], [[-0, 1]]])('`checkCohort` takes %j', (cohort) => {
    expect(checkCohort(cohort, population)).toBeUndefined();
  });

  test.each([
    [[0, 0, 0, 1], 'need each client once, got client 0 at positions 0 and 1'],
    [[2, 1, -0, 3, 0], 'need each client once, got client 0 at positions 2 and 4'],
    [[0, 4], 'need whole numbers from 0 to 3, got 4 at position 1'],
    [[-1], 'need whole numbers from 0 to 3, got -1 at position 0'],
    [[0.5], 'need whole numbers from 0 to 3, got 0.5 at position 0'],
    [[Number.NaN], 'need whole numbers from 0 to 3, got NaN at position 0'],
    [['1'] as unknown as number[], "need whole numbers from 0 to 3, got '1' at position 0"],
    [[2n] as unknown as number[], 'need whole numbers from 0 to 3, got 2n at position 0'],
    [new Array<number>(1), 'need whole numbers from 0 to 3, got undefined at position 0'],
    [Int32Array.of(1) as unknown as number[], 'need an array of client indices, got an Int32Array of 1'],
    [undefined as unknown as number[], 'need an array of client indices, got undefined'],
  ])('`checkCohort` refuses %s', (cohort, reason) => {
    const check = () => checkCohort(cohort, population);
    expect(check).toThrow(CohortError);
    expect(check).toThrow(`Cannot run a round with a cohort of toy: ${reason}`);
  });

  test('`checkCohort` refuses two clients of one name', () => {
    const twins = { ...population, clientId: (index: number) => `toy-${index % 3}` };
    expect(() => checkCohort([3, 1, 0], twins)).toThrow("different names, got 'toy-0' for clients 3 and 0");
  });

  test('`checkCohort` refuses every client of a population of none', () => {
    expect(() => checkCohort([0], { ...population, size: 0 })).toThrow(
      'need no client, as there is none, got 0',
    );
  });
});
