import { describe, expect, test } from 'vitest';
import { jackknife, type Part } from './jackknife.js';

const equal = (...without: readonly number[]): readonly Part[] =>
  without.map((each) => ({ clients: 1, without: [each] }));
const errorOf = (covariances: readonly (readonly (number | null)[])[]): number =>
  Math.sqrt(covariances[0]![0]!);

describe('jackknife', () => {
  test('gives the standard errors of TFMA’s own test', () => {
    // Its jackknife_test: of 1.6, without each of two parts 1 and 2: 0.5; of 33,
    // without them 20 and 40: 10. Pseudo-values 2.2 and 1.2: their deviation is √0.5, over √2.
    expect(errorOf(jackknife([1.6], equal(1, 2)))).toBeCloseTo(0.5, 12);
    expect(errorOf(jackknife([33], equal(20, 40)))).toBeCloseTo(10, 12);
  });

  test('of a mean is the error of a mean', () => {
    // 1, 2, 3, 6: mean 3, deviation √(14 / 3), error √(14 / 12). The covariance with −2 times them is −2 times that.
    const values = [1, 2, 3, 6];
    const parts = values.map((value) => ({
      clients: 1,
      without: [(12 - value) / 3, (-2 * (12 - value)) / 3],
    }));
    const [[variance, covariance]] = jackknife([3, -6], parts) as [[number, number]];
    expect(variance).toBeCloseTo(14 / 12, 12);
    expect(covariance).toBeCloseTo(-28 / 12, 12);
  });

  test('weighs parts of unequal sizes', () => {
    // Means of 2 and of 4 clients, 1 and 4: of all 3, without the first 4, without the second 1. h = 3 and 1.5, so that
    // the pseudo-values are 3·3 − 2·4 = 1 and 1.5·3 − 0.5·1 = 4; their mean is 2·3 − (1 − 1/3)·4 − (1 − 2/3)·1 = 3, and
    // the variance ((1 − 3)² / 2 + (4 − 3)² / 0.5) / 2 = 2.
    const parts = [
      { clients: 2, without: [4] },
      { clients: 4, without: [1] },
    ];
    expect(jackknife([3], parts)[0]![0]).toBeCloseTo(2, 12);
  });

  test('gives null of figures that are not there, and of one part', () => {
    expect(jackknife([1], equal(1))).toEqual([[null]]);
    expect(jackknife([null], equal(1, 2))).toEqual([[null]]);
    const parts = [
      { clients: 1, without: [null, 1] },
      { clients: 1, without: [2, 3] },
    ];
    // −1 and 3 less 2 are 1 and −1: with h = 2 shifts 1 and −1, mean 0, variance (1 + 1) / 2.
    expect(jackknife([2, 2], parts)).toEqual([
      [null, null],
      [null, 1],
    ]);
  });
});
