import { expect, test } from 'vitest';
import { addStep, meanStaleness, NO_STEPS, stepLines } from './step-lines.js';

test('`stepLines` tells of all reports how stale they were', () => {
  // 0, 0, 1, then 0, 3: a mean of 4/5, a median of 0, 3 at most.
  const totals = [
    { staleness: [2, 1], tooStale: 0, virtualMs: 1500 },
    { staleness: [1, 0, 0, 1], tooStale: 2, virtualMs: 500 },
  ].reduce(addStep, NO_STEPS);
  expect(stepLines(totals)).toEqual([
    'staleness of 5 reports: mean 0.8, median 0, at most 3; 2 more were too stale; 2.0 s by its clock',
  ]);
});

test('`stepLines` has nothing to tell of rounds that wait', () => {
  expect(stepLines(addStep(NO_STEPS, { virtualMs: 3 }))).toEqual([]);
  expect(meanStaleness({})).toEqual([]);
  // (0 + 1 + 1) / 3.
  expect(meanStaleness({ staleness: [1, 2] })).toEqual(['staleness 0.6667']);
});
