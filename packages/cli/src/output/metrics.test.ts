// Tests of how metrics turn into names and text.
import { describe, expect, test } from 'vitest';
import { namedNumbers, shownMetrics } from './metrics.js';

describe('namedNumbers', () => {
  test('names the numbers of nested structs by path and leaves out arrays and text', () => {
    const metrics = { training: { loss: 0.5, name: 'x' }, counts: [1, 2], done: true };
    expect(namedNumbers(metrics)).toEqual([
      ['training.loss', 0.5],
      ['done', 1],
    ]);
  });

  test('reads what JSON has no number for', () => {
    expect(namedNumbers({ loss: 'NaN', low: '-Infinity', sum: '1152921504606846976', id: '7' })).toEqual([
      ['loss', Number.NaN],
      ['low', Number.NEGATIVE_INFINITY],
      ['sum', 2 ** 60],
    ]);
  });

  test("names a bare number 'value'", () => {
    expect(namedNumbers(0.5)).toEqual([['value', 0.5]]);
  });
});

describe('shownMetrics', () => {
  const metrics = { loss: 3, accuracy: 2, evaluation: { accuracy: 1 } };

  test('puts the headline first and stops at the count', () => {
    expect(shownMetrics(metrics, 'evaluation.accuracy', 2)).toEqual([
      ['evaluation.accuracy', 1],
      ['loss', 3],
    ]);
  });

  test('keeps the order when there is no headline, or not in this round', () => {
    expect(shownMetrics({ loss: 3, accuracy: 2 }, 'evaluation.accuracy', 3)).toEqual([
      ['loss', 3],
      ['accuracy', 2],
    ]);
    expect(shownMetrics(metrics, null, 1)).toEqual([['loss', 3]]);
  });
});
