import { expect, test } from 'vitest';
import { usualGoal } from './usual-goal.js';

test.each([
  ['evaluation.loss', 'lowest'],
  ['meanSquaredError', 'lowest'],
  ['distribution.accuracy.variance', 'lowest'],
  // A rate of errors is one at each of its figures.
  ['distribution.error.highest', 'lowest'],
  ['evaluation.accuracy', 'highest'],
  ['f1', 'highest'],
  ['examples', null],
] as const)('`usualGoal` of %s is %s', (metric, goal) => {
  expect(usualGoal(metric)).toBe(goal);
});
