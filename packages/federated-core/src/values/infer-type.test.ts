import { describe, expect, test } from 'vitest';
import { formatType } from '../types/format.js';
import { inferType } from './infer-type.js';
import { tensor } from './tensor.js';

describe('inferType', () => {
  test.each([
    [3, 'float32'],
    [true, 'bool'],
    ['here', 'string'],
    [3n, 'int64'],
    [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'float32[2,3]',
    ],
    [[], 'float32[0]'],
    [Int32Array.of(1, 2), 'int32[2]'],
    [Float64Array.of(1), 'float64[1]'],
    [{ round: 0, name: 'a', rates: [1, 2] }, '<round=float32,name=string,rates=float32[2]>'],
    [{}, '<>'],
    [tensor('uint8', [2, 1], Uint8Array.of(1, 2)), 'uint8[2,1]'],
  ])('`inferType` reads %o as %s', (literal, type) => {
    expect(formatType(inferType(literal))).toBe(type);
  });

  test('`inferType` ends in words when an object holds itself, or is too deep', () => {
    const circle: Record<string, unknown> = {};
    circle['again'] = circle;
    const list: unknown[] = [];
    list.push(list);
    for (const endless of [circle, list]) {
      expect(() => inferType(endless)).toThrow('need at most 100 levels, got more');
    }
  });

  test.each([[null], [undefined], [new Uint16Array(1)], [[{ a: 1 }]], [() => 1]])(
    '`inferType` refuses %s, which has no element type',
    (literal) => {
      expect(() => inferType(literal)).toThrow('Cannot infer the type of');
    },
  );
});
