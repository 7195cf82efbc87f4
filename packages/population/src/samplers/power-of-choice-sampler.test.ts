import { seedFrom } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { CohortError } from './check-cohort.js';
import { samplerContract } from './contract.js';
import { reportMemory } from './last-reports.js';
import { powerOfChoiceSampler } from './power-of-choice-sampler.js';

const request = { round: 9, seed: seedFrom(1), populationSize: 6 };
const all = { cohortSize: 3, candidates: 6, watches: 'losses' };

describe('powerOfChoiceSampler', () => {
  test('takes the candidates of the greatest last loss, the greatest first', () => {
    const lastReports = reportMemory();
    lastReports.add(1, [0, 1, 2, 3, 4, 5], [9, 1, 2, 3, 4, 5]);
    lastReports.add(2, [0, 2], [0.5, 7]);
    expect(powerOfChoiceSampler(all).sample({ ...request, lastReports })).toEqual([2, 5, 4]);
  });

  test('takes those first that have reported nothing', () => {
    const lastReports = reportMemory();
    lastReports.add(1, [0, 1, 2, 3], [1, 2, 3, 4]);
    const cohort = powerOfChoiceSampler(all).sample({ ...request, lastReports });
    expect([...cohort.slice(0, 2)].sort()).toEqual([4, 5]);
    expect(cohort[2]).toBe(3);
  });

  test('makes no choice when there are as many candidates as the cohort has clients', () => {
    // 2 of 3 clients, 3,000 rounds: each takes part in 2,000 ± 26; 130 is five standard deviations.
    const lastReports = reportMemory();
    lastReports.add(1, [0, 1, 2], [1, 2, 3]);
    const sampler = powerOfChoiceSampler({ cohortSize: 2, candidates: 2, watches: 'losses' });
    const counts = [0, 0, 0];
    for (let round = 2; round < 3_002; round++) {
      for (const client of sampler.sample({ ...request, round, populationSize: 3, lastReports }))
        counts[client]!++;
    }
    for (const count of counts) expect(Math.abs(count - 2_000)).toBeLessThan(130);
  });

  test('throws when a run keeps no reports, but not in the first round', () => {
    expect(powerOfChoiceSampler(all).sample({ ...request, round: 1 }).length).toBe(3);
    const sample = () => powerOfChoiceSampler(all).sample(request);
    expect(sample).toThrow(CohortError);
    expect(sample).toThrow("need what clients last reported of 'losses', got a run that does not keep it");
  });

  test('throws when there are fewer candidates than clients of a cohort', () => {
    expect(() => powerOfChoiceSampler({ ...all, candidates: 2 })).toThrow(
      'candidates must be at least cohortSize, 3, got 2',
    );
  });

  samplerContract('powerOfChoiceSampler', powerOfChoiceSampler({ ...all, candidates: 9 }), {
    sizes: [50, 1_000],
  });
});

describe('reportMemory', () => {
  test('keeps the last report of each client, and is the same after it was saved', () => {
    const memory = reportMemory();
    memory.add(1, [7, 3], [0.5, 0.25]);
    memory.add(4, [3], Float32Array.of(2));
    expect(memory.of(3)).toEqual({ round: 4, value: 2 });
    expect(memory.of(7)).toEqual({ round: 1, value: 0.5 });
    expect(memory.of(0)).toBeUndefined();
    expect(memory.saved()).toEqual([3, 4, 2, 7, 1, 0.5]);
    const again = reportMemory(JSON.parse(JSON.stringify(memory.saved())));
    expect(again.saved()).toEqual(memory.saved());
    expect(() => again.add(4, [], [])).toThrow('need a round after 4, got 4');
  });

  test('throws when numbers and clients are not as many', () => {
    expect(() => reportMemory().add(1, [0, 1], [1])).toThrow('need a number for each of 2 clients, got 1');
  });
});
