import { expect, test } from 'vitest';
import { float32, float64, int64 } from '../types/types.js';
import { weightScale } from './weight-scale.js';

test('`weightScale` brings every float64 weight to between 2^−32 and 2^−31, by a power of two', () => {
  const scaleOf = weightScale([float32(), float64()]);
  for (let exponent = -1022; exponent <= 1023; exponent++) {
    for (const weight of [1, 1.5, 2 - 2 ** -52].map((digits) => digits * 2 ** exponent)) {
      const scaled = weight * scaleOf(weight);
      expect(scaled >= 2 ** -32 && scaled < 2 ** -31).toBe(true);
      expect(scaled / scaleOf(weight)).toBe(weight); // no digit is lost
    }
  }
  // Below the normal numbers the scale stays that of 2^−1022: 2^(1022 − 32).
  expect(scaleOf(2 ** -1074)).toBe(2 ** 990);
});

test('`weightScale` is 1 where float64 cannot overflow', () => {
  expect(weightScale([float32(3), int64()])(2 ** 62)).toBe(1);
});
