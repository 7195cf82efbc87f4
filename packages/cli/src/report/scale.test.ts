// Tests of axes and scales.
import { describe, expect, test } from 'vitest';
import { linearScale, niceAxis } from './scale.js';

describe('niceAxis', () => {
  test('steps by 1, 2 or 5 times a power of ten', () => {
    // (0.93 − 0.07) / 5 = 0.172 → the next nice step is 0.2.
    expect(niceAxis(0.07, 0.93, 5).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    // 99 / 5 = 19.8 → 20.
    expect(niceAxis(1, 100, 5).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    // 2400 / 4 = 600 → 1000.
    expect(niceAxis(-400, 2000, 4).ticks).toEqual([-1000, 0, 1000, 2000]);
  });

  test('makes room around a single value', () => {
    const axis = niceAxis(3, 3, 4);
    expect(axis.low).toBeLessThan(3);
    expect(axis.high).toBeGreaterThan(3);
    expect(niceAxis(0, 0, 2).ticks).toContain(0);
  });
});

describe('linearScale', () => {
  test('maps the ends of the axis to the ends of the range', () => {
    const scale = linearScale({ low: 0, high: 10, ticks: [] }, 100, 0);
    expect([scale(0), scale(5), scale(10)]).toEqual([100, 50, 0]);
  });
});
