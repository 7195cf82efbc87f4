import { tf } from '@starling/compute';
import { expect, test } from 'vitest';
import { DIGITS, digitsOf, numberOf, RESOLUTION } from './fixed-point.js';

test('`numberOf` gives back what `digitsOf` took, to the resolution', () => {
  const values = [0, 1, -1, 0.1, -0.1, 1e-7, -3e-8, 255.9999, -256, 1e6, -12345.678, 3e9];
  const digits = digitsOf(tf.tensor1d(values));
  expect(digits.shape).toEqual([values.length, DIGITS]);
  expect(digits.dtype).toBe('int32');
  for (const [row, value] of values.entries()) {
    const back = numberOf(tf.slice(digits, [row, 0], [1, DIGITS]).reshape([DIGITS])).dataSync()[0]!;
    // Half of the resolution, and what float32 keeps of the value.
    expect(Math.abs(back - value)).toBeLessThanOrEqual(RESOLUTION / 2 + Math.abs(value) * 2 ** -23);
  }
});

test('`digitsOf` gives sums that no order changes', () => {
  // In float32 1e8 + 0.25 − 1e8 is 0; its digits are whole numbers, and add up to those of 0.25.
  const digits = digitsOf(tf.tensor1d([1e8, 0.25, -1e8]));
  expect(numberOf(tf.sum(digits, 0)).dataSync()[0]).toBe(0.25);
});

test('`numberOf` keeps the sum of small negative numbers to what float32 keeps', () => {
  // −0.0013 is −21,810.38 resolutions, and so −21,810 of them.
  const digits = digitsOf(tf.fill([1000], -0.0013));
  const expected = -21_810_000 * RESOLUTION;
  const sum = numberOf(tf.sum(digits, 0)).dataSync()[0]!;
  expect(Math.abs(sum - expected)).toBeLessThanOrEqual(Math.abs(expected) * 2 ** -23);
});

test('`digitsOf` takes numbers that are not finite for 0', () => {
  const digits = digitsOf(tf.tensor1d([Number.NaN, Number.POSITIVE_INFINITY]));
  expect([...digits.dataSync()]).toEqual(new Array(2 * DIGITS).fill(0));
});
