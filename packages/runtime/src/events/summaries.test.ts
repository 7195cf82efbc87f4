import { describe, expect, test } from 'vitest';
import { namedMetrics } from './summaries.js';

describe('namedMetrics', () => {
  test('keeps the fields of a struct and adds the evaluation', () => {
    expect(namedMetrics({ loss: 1 }, { loss: 2 })).toEqual({ loss: 1, evaluation: { loss: 2 } });
  });

  test("puts a bare value under 'value'", () => {
    expect(namedMetrics(0.5, null)).toEqual({ value: 0.5 });
  });

  test('is empty when nothing was reported', () => {
    expect(namedMetrics(null, null)).toEqual({});
  });
});
