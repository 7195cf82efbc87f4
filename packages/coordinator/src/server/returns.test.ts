import { expect, test } from 'vitest';
import { createReturns } from './returns.js';

test('`createReturns` has as many come back in a second as it is told, however many there are', () => {
  const returns = createReturns(4, () => 500);
  // A quarter of a second apart; the first may come as soon as it likes.
  expect(Array.from({ length: 6 }, () => returns.next())).toEqual([0, 250, 500, 750, 1000, 1250]);
});

test('`createReturns` keeps no slot for what is past', () => {
  let ms = 0;
  const returns = createReturns(4, () => ms);
  returns.next();
  ms = 100;
  expect(returns.next()).toBe(150); // the slot at 250
  ms = 10_000;
  expect([returns.next(), returns.next()]).toEqual([0, 250]);
});

test('`createReturns` lets nobody wait longer than ten minutes', () => {
  const returns = createReturns(1, () => 0);
  const waits = Array.from({ length: 700 }, () => returns.next());
  expect(waits.slice(598, 603)).toEqual([598_000, 599_000, 600_000, 600_000, 600_000]);
});
