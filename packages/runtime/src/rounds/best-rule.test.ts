import { tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import type { BestProgress } from '../kept/round-details.js';
import {
  type BestRule,
  checkBestRule,
  measuredValue,
  NOTHING_YET,
  oddGoal,
  stopReason,
  withValue,
} from './best-rule.js';

const lowest: BestRule = { metric: 'evaluation.loss', goal: 'lowest' };
const highest: BestRule = { metric: 'evaluation.accuracy', goal: 'highest' };

/** After these values, of rounds 1, 2, … */
const progressAfter = (rule: BestRule, ...values: number[]): BestProgress =>
  values.reduce((progress, value, index) => withValue(rule, progress, index + 1, value), NOTHING_YET);

describe('oddGoal', () => {
  test('`oddGoal` names the goal that is usual of a loss and of an accuracy', () => {
    expect(oddGoal({ metric: 'evaluation.loss', goal: 'highest' })).toContain("write goal: 'lowest'");
    expect(oddGoal({ metric: 'meanAbsoluteError', goal: 'highest' })).toContain("write goal: 'lowest'");
    expect(oddGoal({ metric: 'accuracy', goal: 'lowest' })).toContain("write goal: 'highest'");
    for (const rule of [lowest, highest]) expect(oddGoal(rule)).toBeNull();
    for (const goal of ['lowest', 'highest'] as const)
      expect(oddGoal({ metric: 'examples', goal })).toBeNull();
  });
});

describe('withValue', () => {
  test('`withValue` keeps the first of the best values, and counts those since', () => {
    expect(progressAfter(lowest, 3, 1, 2, 1)).toEqual({ round: 2, value: 1, since: 2 });
    expect(progressAfter(highest, 3, 1, 2, 4)).toEqual({ round: 4, value: 4, since: 0 });
  });

  test('`withValue` takes a value for better when it is so by more than minDelta', () => {
    const rule = { ...lowest, minDelta: 0.5 };
    // 2.5 is better by 0.5 alone; 2.25 by 0.75 than 3.
    expect(progressAfter(rule, 3, 2.5)).toEqual({ round: 1, value: 3, since: 1 });
    expect(progressAfter(rule, 3, 2.5, 2.25)).toEqual({ round: 3, value: 2.25, since: 0 });
  });

  test('`withValue` takes no value that is not finite for better', () => {
    expect(progressAfter(lowest, Number.NaN, Number.NEGATIVE_INFINITY)).toEqual({ ...NOTHING_YET, since: 2 });
    expect(progressAfter(lowest, Number.NaN, 5)).toEqual({ round: 2, value: 5, since: 0 });
    expect(progressAfter(highest, 5, Number.POSITIVE_INFINITY)).toEqual({ round: 1, value: 5, since: 1 });
  });
});

describe('stopReason', () => {
  test('`stopReason` is the target once a value is as good', () => {
    const rule = { ...lowest, target: 1 };
    expect(stopReason(rule, progressAfter(rule, 3, 1.5))).toBeNull();
    expect(stopReason(rule, progressAfter(rule, 3, 1))).toBe('target');
    expect(stopReason({ ...highest, target: 0.9 }, progressAfter(highest, 0.9))).toBe('target');
    expect(stopReason({ ...highest, target: 0.9 }, NOTHING_YET)).toBeNull();
  });

  test('`stopReason` is patience after so many values that were no better', () => {
    const rule = { ...lowest, patience: 2 };
    expect(stopReason(rule, progressAfter(rule, 3, 4))).toBeNull();
    expect(stopReason(rule, progressAfter(rule, 3, 4, 3))).toBe('patience');
    expect(stopReason(rule, progressAfter(rule, Number.NaN, Number.NaN))).toBe('patience');
  });

  test('`stopReason` is null when the rule only says which state is the best', () => {
    expect(stopReason(lowest, progressAfter(lowest, 1, 2, 3, 4, 5, 6))).toBeNull();
  });
});

describe('measuredValue', () => {
  const measured = {
    metrics: { loss: 2, count: 3n, many: [1] },
    evaluation: { loss: 1, deep: { accuracy: 0.5 } },
  };

  test('`measuredValue` finds numbers by their dotted names', () => {
    const value = (metric: string): number | null => measuredValue({ metric, goal: 'lowest' }, measured);
    expect(['loss', 'count', 'evaluation.loss', 'evaluation.deep.accuracy'].map(value)).toEqual([
      2, 3, 1, 0.5,
    ]);
    expect(measuredValue({ metric: 'value', goal: 'lowest' }, { metrics: 7 })).toBe(7);
    expect(measuredValue({ metric: 'evaluation', goal: 'lowest' }, { metrics: 7, evaluation: 8 })).toBe(8);
  });

  test('`measuredValue` is null of a round that was not evaluated, if the rule goes by the evaluation', () => {
    expect(measuredValue(lowest, { metrics: { loss: 2 } })).toBeNull();
  });

  test('`measuredValue` lists the numbers there are when the metric is none of them', () => {
    const tensors = { ...measured, metrics: { norms: tensor('float32', [1], Float32Array.of(1)) } };
    expect(() => measuredValue({ metric: 'evaluation.acuracy', goal: 'highest' }, tensors)).toThrow(
      "Cannot choose the best state: need the metric 'evaluation.acuracy', got evaluation.loss, evaluation.deep.accuracy",
    );
  });
});

describe('checkBestRule', () => {
  test.each<[string, object]>([
    ['goal', { metric: 'loss', goal: 'max' }],
    ['patience', { metric: 'loss', goal: 'lowest', patience: 0 }],
    ['minDelta', { metric: 'loss', goal: 'lowest', minDelta: -1 }],
    ['target', { metric: 'loss', goal: 'lowest', target: Number.NaN }],
    ['patience', { metric: 'loss', goal: 'lowest', pacience: 3 }],
  ])('`checkBestRule` names %s when it is wrong: %j', (named, rule) => {
    expect(() => checkBestRule('Cannot run rounds: best', rule as BestRule)).toThrow(named);
  });
});
