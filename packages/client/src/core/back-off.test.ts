import { expect, test } from 'vitest';
import { backOffMs } from './back-off.js';

test('`backOffMs` doubles its bound with each attempt when the bound is below the maximum', () => {
  // half of 100, 200, 400, 800
  expect([0, 1, 2, 3].map((attempt) => backOffMs(attempt, 0.5, { baseMs: 100 }))).toEqual([
    50, 100, 200, 400,
  ]);
});

test('`backOffMs` stays below the maximum when attempts continue', () => {
  expect(backOffMs(5000, 0.25, { baseMs: 100, maxMs: 1000 })).toBe(250);
  expect(backOffMs(3, 0)).toBe(0);
});
