// Every option of this room at its door: what it takes, and what it refuses by name, whatever its type.
import { describe, expect, test } from 'vitest';
import { meanAggregator } from '../means/mean-aggregator.js';
import { adaptivelyClipped } from '../wrappers/adaptively-clipped.js';
import { clipped } from '../wrappers/clipped.js';
import { zeroed } from '../wrappers/zeroed.js';

type Make = (options: never) => unknown;
const doors: readonly (readonly [string, string, Make, readonly number[], readonly number[]])[] = [
  ['clipped', 'clipNorm', (options) => clipped(meanAggregator(), options), [1e-3, 5], [0, -1, 1e-50]],
  ['zeroed', 'bound', (options) => zeroed(meanAggregator(), options), [1e-3, 5], [0, -1, 1e39]],
  ...(['initialClipNorm', 'learningRate'] as const).map(
    (option) => ['adaptivelyClipped', option, adaptive, [1e-3, 5], [0, -1, 1e-50]] as const,
  ),
  ['adaptivelyClipped', 'targetQuantile', adaptive, [0, 0.5, 1], [-0.1, 1.1]],
];
const wrong = [Number.NaN, Number.POSITIVE_INFINITY, '1', 1n, null, true, {}, [1], () => 1];

function adaptive(options: never): unknown {
  return adaptivelyClipped(meanAggregator(), options);
}

describe('options of aggregators', () => {
  test.each(doors)(
    '%s takes %s within its range, and refuses the rest by name',
    (_, option, door, takes, refuses) => {
      const make = door as (options: unknown) => unknown;
      for (const value of takes) expect(() => make({ [option]: value })).not.toThrow();
      for (const value of [...refuses, ...wrong]) {
        expect(() => make({ [option]: value }), String(value)).toThrow(RangeError);
        expect(() => make({ [option]: value })).toThrow(`${option} must be a finite number`);
      }
    },
  );

  test('bounds without a default are refused when they are left out', () => {
    expect(() => clipped(meanAggregator(), {} as never)).toThrow('clipNorm must be');
    expect(() => zeroed(meanAggregator(), {} as never)).toThrow('bound must be');
  });

  test('by other names are refused, with the name that was meant', () => {
    const inner = meanAggregator();
    expect(() => clipped(inner, { clipnorm: 1 } as never)).toThrow("did you mean 'clipNorm'?");
    expect(() => zeroed(inner, { bound: 1, whenzeroed: 'exclude' } as never)).toThrow(
      "did you mean 'whenZeroed'?",
    );
    expect(() => adaptivelyClipped(inner, { quantile: 1 } as never)).toThrow(
      "did you mean 'targetQuantile'?",
    );
    expect(() => meanAggregator({ weight: true } as never)).toThrow("did you mean 'weighted'?");
  });

  test('`weighted` is true or false', () => {
    expect(() => meanAggregator({ weighted: 'no' as never })).toThrow(
      "weighted must be true or false, got 'no'",
    );
  });
});
