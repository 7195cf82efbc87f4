import { expect, test } from 'vitest';
import { describeValue } from './describe-value.js';
import { tensor } from './tensor.js';

class Odd {}

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [Number.NaN, 'NaN'],
  [2n, '2n'],
  ['a', "'a'"],
  ['x'.repeat(41), `'${'x'.repeat(40)}…'`],
  [[1, 2], 'an array of 2'],
  [Int32Array.of(1), 'an Int32Array of 1'],
  [Float32Array.of(1), 'a Float32Array of 1'],
  [tensor('float32', [2], Float32Array.of(1, 2)), 'a tensor float32[2]'],
  [{}, 'an object with fields (none)'],
  [{ a: 1, b: 2 }, 'an object with fields a, b'],
  [() => 1, 'a function'],
  [new Odd(), 'an Odd'],
  [Object.create(Object.create(Object.create(null))), 'a value of no class'],
])('`describeValue` gives %o as %s', (value, words) => {
  expect(describeValue(value)).toBe(words);
});
