import { tf } from '@starling/compute';
import { expect, test } from 'vitest';
import { onSimplex } from './simplex.js';

const projected = (...values: number[]): number[] => [...onSimplex(tf.tensor1d(values)).dataSync()];

test('`onSimplex` takes off the same of each, and nothing below 0', () => {
  // A point of the simplex stays: θ = 0.
  expect(projected(0.25, 0.5, 0.25)).toEqual([0.25, 0.5, 0.25]);
  // 1.5 in all is 0.5 too much, half of it from each of two.
  expect(projected(1, 0.5)).toEqual([0.75, 0.25]);
  // Of [2, 0.5, 0] all but the first end at 0: (2 + 0.5 − 1) / 2 = 0.75 is above 0.5, so that θ = 2 − 1.
  expect(projected(0.5, 2, 0)).toEqual([0, 1, 0]);
  // Below the simplex each gains: (−0.5 − 1) / 2 = −0.75.
  expect(projected(-0.5, 0)).toEqual([0.25, 0.75]);
});
