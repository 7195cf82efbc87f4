import { describe, expect, it } from 'vitest';
import { metricsOf } from './from-loop.js';

describe('metricsOf', () => {
  it('keeps the fields of a struct and adds the evaluation', () => {
    expect(metricsOf({ loss: 1 }, { loss: 2 })).toEqual({ loss: 1, evaluation: { loss: 2 } });
  });

  it("puts a bare value under 'value'", () => {
    expect(metricsOf(0.5, null)).toEqual({ value: 0.5 });
  });

  it('is empty when nothing was reported', () => {
    expect(metricsOf(null, null)).toEqual({});
  });
});
