import { expect, test } from 'vitest';
import { createRates } from './rates.js';

test('`createRates` counts by key, and begins anew after a minute', () => {
  let ms = 0;
  const rates = createRates(() => ms);
  expect([rates.add('a'), rates.add('a'), rates.add('b')]).toEqual([1, 2, 1]);
  ms = 59_999;
  expect(rates.add('a')).toBe(3);
  ms = 60_000;
  expect(rates.add('a')).toBe(1);
});

test('`createRates` forgets the oldest key when there are too many', () => {
  const rates = createRates(() => 0, 2);
  for (const key of ['a', 'b', 'c']) rates.add(key);
  expect([rates.add('c'), rates.add('b'), rates.add('a')]).toEqual([2, 2, 1]);
});
