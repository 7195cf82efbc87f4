import { expect, test } from 'vitest';
import { studentT } from './student-t.js';

// Abramowitz, Stegun, table 26.10: A(t | degrees), to as many digits as it prints.
test.each([
  [0.95, 1, 12.706],
  [0.95, 2, 4.303],
  [0.9, 5, 2.015],
  [0.95, 10, 2.228],
  [0.95, 19, 2.093],
  [0.99, 19, 2.861],
  [0.95, 30, 2.042],
  [0.995, 24, 3.091],
] as const)('`studentT` of %s and %s degrees is that of the table', (confidence, degrees, t) => {
  expect(studentT(confidence, degrees)).toBeCloseTo(t, 3);
});

test('`studentT` of one and two degrees is their closed form', () => {
  // Of one it is tan(π p / 2), of two p √(2 / (1 − p²)).
  for (const p of [0.1, 0.5, 0.8, 0.95, 0.999]) {
    expect(studentT(p, 1) / Math.tan((Math.PI * p) / 2)).toBeCloseTo(1, 12);
    expect(studentT(p, 2) / (p * Math.sqrt(2 / (1 - p * p)))).toBeCloseTo(1, 12);
  }
});
