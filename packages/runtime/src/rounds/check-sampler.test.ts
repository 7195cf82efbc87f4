import { seedFrom } from '@starling/federated-core';
import { CohortError, uniformSampler } from '@starling/population';
import { describe, expect, test } from 'vitest';
import { population } from '../testing/growth.js';
import { checkSampler } from './check-sampler.js';

const seed = seedFrom(1);
const check = (sample: () => readonly number[]): void =>
  checkSampler({ sampler: { name: 'own', sample }, population, rounds: 8 }, seed);

describe('checkSampler', () => {
  test('`checkSampler` takes a sampler that follows from the round and the seed', () => {
    const sampler = uniformSampler({ cohortSize: 3 });
    expect(() => checkSampler({ sampler, population, rounds: 100 }, seed)).not.toThrow();
  });

  test('`checkSampler` refuses one that counts its calls, with the clients at fault', () => {
    let calls = 0;
    expect(() => check(() => [0, 1 + calls++])).toThrow(CohortError);
    expect(() => check(() => [0, 1 + calls++])).toThrow(
      /^Cannot sample cohorts by own: .* got clients \d and \d at position 1 when that of round 1 was drawn twice/,
    );
    expect(() => check(() => Array.from({ length: calls++ }, (_, index) => index))).toThrow(
      /got \d clients and \d/,
    );
  });

  test('`checkSampler` refuses one that differs in a later round alone', () => {
    // Calls 0 and 1 are of round 1, 2 and 3 of round 2.
    let calls = 0;
    expect(() => check(() => [calls++ < 3 ? 0 : 1])).toThrow(
      'got clients 0 and 1 at position 0 when that of round 2',
    );
  });

  test('`checkSampler` leaves to the round what is no cohort', () => {
    expect(() => check(() => Promise.resolve([0]) as never)).not.toThrow();
    expect(() =>
      check(() => {
        throw new Error('of its own');
      }),
    ).not.toThrow();
  });
});
