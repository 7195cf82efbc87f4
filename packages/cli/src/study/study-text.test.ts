import { describe, expect, test } from 'vitest';
import { studyRun } from '../testing/study-runs.js';
import { describeRun, formatCells, formatFailures, formatSpread } from './study-text.js';
import { cellsOf } from './summary.js';
import { readTarget } from './target.js';

describe('formatSpread', () => {
  test.each([
    [0.91234, 0.00452, '0.9123 ± 0.0045'],
    [0.5, 0.12, '0.50 ± 0.12'],
    [1234.5, 67.8, '1235 ± 68'],
    [-0.5, 0.0999, '-0.500 ± 0.100'],
    [12, 0, '12'],
    [0.6825396825396826, 1.4e-16, '0.6825'],
    [0.31254, null, '0.3125'],
  ])('shows %d with a deviation of %d to its second digit', (mean, sd, text) => {
    expect(formatSpread({ mean, sd, count: 3 })).toBe(text);
  });
});

const runs = [
  studyRun({ rate: '0.1' }, 1, [0.2, 0.6]),
  studyRun({ rate: '0.1' }, 2, [0.2, 0.8]),
  studyRun({ rate: '9' }, 1, [], { outcome: 'failed', reason: 'too much\n    at rate.ts:3:1' }),
];

test('`formatCells` has finals with their spread, and rounds and bytes to the target', () => {
  const target = readTarget('accuracy=0.5');
  const text = formatCells(cellsOf(runs, target), 'accuracy', target);
  expect(text.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['settings', 'runs', 'accuracy', 'rounds to accuracy ≥ 0.5', 'bytes to it'],
    expect.anything(),
    // 0.6 and 0.8: √0.02 = 0.1414; both reach it in round 2, after 2 · 10 · 110 bytes.
    ['rate=0.1', '2', '0.70 ± 0.14', '2', '2.2 kB'],
    ['rate=9', '0 of 1', '–', 'never', '–'],
  ]);
});

test('`describeRun` tells what a run came to', () => {
  expect(describeRun(runs[0]!, 1, 12)).toBe(' 1/12  rate=0.1 seed=1  accuracy 0.6  2 rounds in 200 ms');
  expect(describeRun({ ...runs[0]!, outcome: 'kept' }, 10, 12)).toBe(
    '10/12  rate=0.1 seed=1  accuracy 0.6  2 rounds that were kept',
  );
  expect(describeRun(runs[2]!, 3, 3)).toBe('3/3  rate=9 seed=1  failed after 0 rounds: too much');
});

test('`formatFailures` names the folder of each run that failed, with all of its reason', () => {
  expect(formatFailures(runs)).toEqual(['failed: runs/rate=9,seed=1', '  too much', '      at rate.ts:3:1']);
});
