import { tensor } from '@starling/federated-core';
import { expect, test } from 'vitest';
import { toJson } from './json-value.js';

test('`toJson` nests tensors by their shape', () => {
  const value = tensor('int32', [2, 3], Int32Array.of(1, 2, 3, 4, 5, 6));
  expect(toJson({ value, none: tensor('float32', [0], new Float32Array()) })).toEqual({
    value: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    none: [],
  });
  expect(toJson(tensor('int64', [2], BigInt64Array.of(1n, 2n ** 60n)))).toEqual([1, '1152921504606846976']);
});

test('`toJson` keeps what JSON cannot hold as text', () => {
  expect(toJson([Number.NaN, -1 / 0, 7n, 2n ** 60n])).toEqual(['NaN', '-Infinity', 7, '1152921504606846976']);
});

test('`toJson` leaves out fields that are undefined, and takes typed arrays', () => {
  expect(toJson({ a: undefined, b: Float32Array.of(0.5, Number.NaN), c: null })).toEqual({
    b: [0.5, 'NaN'],
    c: null,
  });
});
