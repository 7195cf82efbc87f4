import { describe, expect, test } from 'vitest';
import { type GivenSettings, roundSettings } from './round-settings.js';

const given: GivenSettings = { rounds: 20, population: 40, cohortSize: 10 };

describe('roundSettings', () => {
  test('`roundSettings` asks a fixed cohort once, and waits for all of it', () => {
    expect(roundSettings(given)).toMatchObject({
      mode: 'fixed',
      overSelection: 1,
      minReports: 0,
      extendBelow: 1,
      maxAttempts: 3,
    });
  });

  test('`roundSettings` needs a fraction of the reports that a present cohort wants', () => {
    const settings = roundSettings({ ...given, mode: 'present', minimumFraction: 0.75 });
    expect(settings).toMatchObject({ overSelection: 1.3, minReports: 8 }); // 10 · 0.75 = 7.5
    expect(roundSettings({ ...given, mode: 'present', minReports: 9 }).minReports).toBe(9);
  });

  test.each<[Partial<GivenSettings>, string]>([
    [{ minReports: 11 }, 'minReports must be at most the cohort of 10, got 11'],
    [{ cohortSize: 41 }, 'a cohort of 41 needs as many clients, got a population of 40'],
    [{ mode: 'present', cohortSize: 0 }, "mode 'present' needs a cohort of at least 1, got 0"],
  ])('`roundSettings` refuses %j, which can never work', (wrong, problem) => {
    const check = () => roundSettings({ ...given, ...wrong });
    expect(check).toThrow(`Cannot run rounds: ${problem}`);
    expect(check).toThrow(expect.objectContaining({ code: 'impossible-rounds' }));
  });

  test.each<[Partial<GivenSettings>, string]>([
    [{ maxAttempts: 0 }, 'maxAttempts must be a whole number >= 1, got 0'],
    [{ rounds: -1 }, 'rounds must be a whole number >= 0, got -1'],
    [{ rounds: 1.5 }, 'rounds must be a whole number >= 0, got 1.5'],
    [{ population: undefined as never }, 'population must be a whole number >= 0, got undefined'],
    [{ deadlineMs: Number.NaN }, 'deadlineMs must be a finite number >= 0, got NaN'],
    [{ overSelection: 0.9 }, 'overSelection must be a finite number >= 1, got 0.9'],
    [{ minimumFraction: 0 }, 'minimumFraction must be a finite number > 0 and <= 1, got 0'],
    [{ mode: 'other' as never }, "mode must be 'fixed' or 'present', got 'other'"],
    [{ deadlineMS: 5 } as never, "got 'deadlineMS'; did you mean 'deadlineMs'?"],
  ])('`roundSettings` refuses %j as out of its range', (wrong, problem) => {
    const check = () => roundSettings({ ...given, ...wrong });
    expect(check).toThrow(RangeError);
    expect(check).toThrow(problem);
  });
});
