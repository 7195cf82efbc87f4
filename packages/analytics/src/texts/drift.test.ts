// Drift against the figures of TensorFlow Data Validation's tests, and by hand.
import { describe, expect, test } from 'vitest';
import type { Histogram } from '../numbers/histogram.js';
import {
  type Distribution,
  jensenShannon,
  jensenShannonOfHistograms,
  lInfinity,
  normalizedDifference,
  rowsByValue,
} from './drift.js';

const of = (rows: Readonly<Record<string, number>>): Distribution => new Map(Object.entries(rows));

describe('lInfinity', () => {
  test('is what TensorFlow Data Validation asserts', () => {
    // validation_api_test and metrics_test.
    expect(lInfinity(of({ a: 1, b: 1 }), of({ a: 3, b: 1 }))).toBe(0.25);
    expect(lInfinity(of({ a: 1, b: 2, c: 7 }), of({ a: 3, b: 1, c: 6 }))).toBeCloseTo(0.2, 15);
    expect(lInfinity(of({ hello: 1, world: 9 }), of({ hello: 3, world: 7 }))).toBeCloseTo(0.2, 15);
    expect(lInfinity(of({ b: 9, c: 1 }), of({ a: 3, b: 7 }))).toBeCloseTo(0.3, 15);
    expect(lInfinity(of({}), of({}))).toBe(0);
  });

  test('has what is not shown as one more value', () => {
    const before = rowsByValue({
      values: [{ value: 'a', rows: 8, clients: 3 }],
      otherRows: 2,
      withheldValues: 1,
    });
    const now = rowsByValue({
      values: [{ value: 'a', rows: 5, clients: 3 }],
      otherRows: 5,
      withheldValues: 1,
    });
    expect(lInfinity(before, now)).toBeCloseTo(0.3, 15);
  });
});

describe('normalizedDifference', () => {
  test('is what TensorFlow Data Validation asserts: 45 of 66', () => {
    // b: |5 − 50|, of 6 and 60 rows.
    expect(normalizedDifference(of({ a: 1, b: 5 }), of({ a: 10, b: 50 }))).toBeCloseTo(45 / 66, 15);
    expect(normalizedDifference(of({}), of({}))).toBe(0);
    expect(normalizedDifference(of({}), of({ a: 3 }))).toBe(1);
  });
});

describe('jensenShannon', () => {
  test('is 0 of the same shares, 1 of nothing in common, and the mean of two divergences else', () => {
    expect(jensenShannon(of({ a: 1, b: 1 }), of({ a: 5, b: 5 }))).toBe(0);
    expect(jensenShannon(of({ a: 1 }), of({ b: 7 }))).toBe(1);
    // P = (1, 0), Q = (1/2, 1/2), M = (3/4, 1/4): (log2(4/3) + log2(2/3)/2 + log2(2)/2) / 2.
    const expected = (Math.log2(4 / 3) + Math.log2(2 / 3) / 2 + 1 / 2) / 2;
    expect(jensenShannon(of({ a: 4 }), of({ a: 1, b: 1 }))).toBeCloseTo(expected, 14);
  });

  test('refuses a distribution without rows', () => {
    expect(() => jensenShannon(of({}), of({ a: 1 }))).toThrow('must have rows');
  });
});

describe('jensenShannonOfHistograms', () => {
  const histogram = (edges: readonly number[], counts: readonly number[]): Histogram => ({
    edges,
    counts,
    below: 0,
    above: 0,
    nan: 0,
  });

  test('spreads rows evenly over finer edges', () => {
    expect(jensenShannonOfHistograms(histogram([0, 2], [10]), histogram([0, 1, 2], [3, 3]))).toBe(0);
    expect(jensenShannonOfHistograms(histogram([0, 1], [10]), histogram([1, 2], [3]))).toBe(1);
  });

  test('has NaN as a value of its own', () => {
    expect(jensenShannonOfHistograms({ ...histogram([0, 1], [0]), nan: 5 }, histogram([0, 1], [5]))).toBe(1);
  });
});
