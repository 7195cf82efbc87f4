// Every option of this room at its door: what it takes, and what it refuses by name, whatever its type.
import { describe, expect, test } from 'vitest';
import { quantileEstimate } from '../estimates/quantile-estimate.js';
import { meanAggregator } from '../means/mean-aggregator.js';
import { sumAggregator } from '../sums/sum-aggregator.js';
import { clipped } from '../wrappers/clipped.js';
import { zeroed } from '../wrappers/zeroed.js';

type Make = (options: never) => unknown;
const doors: readonly (readonly [string, string, Make, readonly number[], readonly number[]])[] = [
  ['clipped', 'norm', (options) => clipped(meanAggregator(), options), [1e-3, 5], [0, -1, 1e-50]],
  ['zeroed', 'norm', (options) => zeroed(meanAggregator(), options), [1e-3, 5], [0, -1, 1e39]],
  ...(['initial', 'learningRate', 'multiplier'] as const).map(
    (option) => ['quantileEstimate', option, estimate, [1e-3, 5], [0, -1, 1e-50]] as const,
  ),
  ['quantileEstimate', 'increment', estimate, [0, 5], [-1]],
  ['quantileEstimate', 'target', estimate, [0, 0.5, 1], [-0.1, 1.1]],
];
const wrong = [Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null, true, [1], () => 1];
const range = { initial: 1, target: 0.5, learningRate: 1 };

function estimate(options: never): unknown {
  return quantileEstimate({ ...range, ...(options as object) });
}

describe('options of aggregators', () => {
  test.each(doors)(
    '%s takes %s within its range, and refuses the rest by name',
    (_, option, door, takes, refuses) => {
      const make = door as (options: unknown) => unknown;
      for (const value of takes) expect(() => make({ [option]: value })).not.toThrow();
      for (const value of [...refuses, ...wrong]) {
        expect(() => make({ [option]: value }), String(value)).toThrow(RangeError);
        expect(() => make({ [option]: value })).toThrow(new RegExp(`${option} must be a (finite )?number`));
      }
    },
  );

  test('bounds without a default are refused when they are left out', () => {
    expect(() => clipped(meanAggregator(), {} as never)).toThrow('norm must be');
    expect(() => zeroed(meanAggregator(), {} as never)).toThrow('norm must be');
  });

  test('by other names are refused, with the name that was meant', () => {
    const inner = meanAggregator();
    expect(() => clipped(inner, { nrom: 1 } as never)).toThrow("did you mean 'norm'?");
    expect(() => zeroed(inner, { norm: 1, whenzeroed: 'exclude' } as never)).toThrow(
      "did you mean 'whenZeroed'?",
    );
    expect(() => quantileEstimate({ ...range, learnignRate: 1 } as never)).toThrow(
      "did you mean 'learningRate'?",
    );
    expect(() => meanAggregator({ weight: true } as never)).toThrow("did you mean 'weighted'?");
  });

  test('a bound is no aggregator', () => {
    expect(() => clipped(meanAggregator(), { norm: meanAggregator() as never })).toThrow(
      'norm must be a number, or an estimate of one, such as quantileEstimate({ … })',
    );
  });

  test('`weighted` is true or false', () => {
    expect(() => meanAggregator({ weighted: 'no' as never })).toThrow(
      "weighted must be true or false, got 'no'",
    );
  });
});

describe('grows', () => {
  test('is true of a sum and of what wraps one, and of no mean', () => {
    const wrapped = [sumAggregator(), meanAggregator()].map((inner) =>
      [inner, clipped(inner, { norm: 1 }), zeroed(inner, { norm: 1 })].map(({ grows = false }) => grows),
    );
    expect(wrapped).toEqual([
      [true, true, true],
      [false, false, false],
    ]);
  });
});
