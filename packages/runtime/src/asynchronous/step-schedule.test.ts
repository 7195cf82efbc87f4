import { deriveSeed, generator, seedFrom } from '@starling/federated-core';
import { createVirtualSteps, type VirtualStepsOptions } from '@starling/rounds';
import { describe, expect, test } from 'vitest';
import { StepSchedule } from './step-schedule.js';

const seed = seedFrom(3);
const options: VirtualStepsOptions = {
  settings: { buffer: 2, concurrency: 6, maxStaleness: 9 },
  population: 12,
  draw: (index) => [...generator(deriveSeed(seed, index)).permutation(12)],
  latencyOf: ({ number }) => -Math.log(1 - generator(deriveSeed(seed, 'latency', number)).uniform()),
};
/** Who is in these attempts, of which all but the listed ones count. */
function walked(attempts: readonly (readonly [round: number, attempt: number])[], look = 0) {
  const schedule = new StepSchedule(options);
  return attempts.map(([round, attempt]) => {
    const { reports } = schedule.at({ round, attempt });
    for (let count = 1; count <= look; count++) schedule.ahead(count);
    return reports;
  });
}

describe('StepSchedule', () => {
  test('`StepSchedule` gives the steps of the virtual clock, one attempt after another', () => {
    const virtual = createVirtualSteps(options);
    const expected = [true, false, true].map((counts) => {
      const { reports } = virtual.due();
      virtual.over(counts);
      return reports;
    });
    expect(
      walked([
        [1, 1],
        [2, 1],
        [2, 2],
      ]),
    ).toEqual(expected);
  });

  test('`StepSchedule` is the same however far it was looked ahead, also where an attempt fails', () => {
    const attempts = [
      [1, 1],
      [2, 1],
      [2, 2],
      [3, 1],
      [4, 1],
      [4, 2],
      [4, 3],
      [5, 1],
    ] as const;
    expect(walked(attempts, 5)).toEqual(walked(attempts));
  });

  test('`StepSchedule` goes to a later attempt by itself, and never back', () => {
    const schedule = new StepSchedule(options);
    const straight = walked([1, 2, 3, 4].map((round) => [round, 1] as const)).at(-1);
    expect(schedule.at({ round: 4, attempt: 1 }).reports).toEqual(straight);
    expect(() => schedule.at({ round: 3, attempt: 1 })).toThrow('Cannot go back to attempt 1 at round 3');
  });

  test('`StepSchedule` names the rounds whose states are in use, for as many starts as are asked for', () => {
    const schedule = new StepSchedule(options);
    for (let round = 1; round <= 30; round++) {
      const { oldestVersion } = schedule.at({ round, attempt: 1 });
      const inUse = schedule.versionsInUse(1);
      expect(inUse.every((version) => version >= 1 && version < round)).toBe(true);
      if (oldestVersion > 0 && oldestVersion < round) expect(inUse).toContain(oldestVersion);
      const later = [1, 2, 3].flatMap((count) => schedule.ahead(count)!.reports);
      for (const { version } of later) if (version > 0 && version < round) expect(inUse).toContain(version);
      expect(schedule.versionsInUse(2)).toEqual(expect.arrayContaining([...inUse]));
    }
  });
});
