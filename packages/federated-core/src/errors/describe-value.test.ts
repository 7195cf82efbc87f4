import { expect, test } from 'vitest';
import { tensor } from '../values/tensor.js';
import { describeValue } from './describe-value.js';

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
  [{ kind: 'tensor', shape: [] }, "an object of kind 'tensor'"],
  [{ a: 1, b: 2 }, 'an object with fields a, b'],
  [() => 1, 'a function'],
  [Math.max, 'the function max'],
  [async () => 1, 'an async function'],
  [Odd, 'the class Odd'],
  [Promise.resolve(1), 'a Promise'],
  [new Map(), 'a Map'],
  [(function* () {})(), 'an iterator'],
  [(async function* () {})(), 'an async iterator'],
  [
    Object.fromEntries([...'abcdefghij'].map((name) => [name, 1])),
    'an object with fields a, b, c, d, e, f, g, h, …',
  ],
  [{ dtype: 'int32', shape: [2, 3], dataId: {} }, 'a tf.js tensor int32[2,3]'],
  [new Odd(), 'an Odd'],
  [Object.create(Object.create(Object.create(null))), 'a value of no class'],
])('`describeValue` gives %o as %s', (value, words) => {
  expect(describeValue(value)).toBe(words);
});
