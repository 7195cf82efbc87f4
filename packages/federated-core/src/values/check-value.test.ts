import { describe, expect, test } from 'vitest';
import { ValueError } from '../errors/starling-error.js';
import { bool, float32, int32, sequence, string, struct, type Type } from '../types/types.js';
import { checkValue } from './check-value.js';
import { type Tensor, tensor } from './tensor.js';
import type { Value } from './value.js';

const floats = (shape: readonly number[], ...values: number[]): Tensor => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(values),
});

const pathOf = (type: Type, value: unknown): string => {
  try {
    checkValue(type, value as Value);
  } catch (error) {
    if (error instanceof ValueError) return error.path;
    throw error;
  }
  return 'fits';
};

describe('checkValue', () => {
  test('`checkValue` passes what its type says, unknown dimensions included', () => {
    checkValue(float32(null, 2), floats([1, 2], 1, 2));
    checkValue(bool(2), { dtype: 'bool', shape: [2], data: Uint8Array.of(0, 1) });
    checkValue(bool(2), { dtype: 'bool', shape: [2], data: Buffer.from([0, 1]) });
    checkValue(string(), { dtype: 'string', shape: [], data: ['a'] });
    checkValue(sequence(struct({ x: float32(2), y: float32() })), {
      length: 1,
      columns: { x: floats([1, 2], 1, 2), y: floats([1], 3) },
    });
  });

  test('`checkValue` refuses a tensor whose parts contradict each other', () => {
    const wrong: readonly (readonly [Type, unknown, RegExp])[] = [
      [float32(3), floats([3], 1, 2), /need 3 elements for shape \[3\], got 2/],
      [float32(null), floats([1.5], 1), /need dimensions that are non-negative integers, got \[1.5\]/],
      [float32(null, null), floats([-1, -1], 1), /got \[-1, -1\]/],
      [
        float32(1),
        { dtype: 'float32', shape: [1], data: [1] },
        /data of float32 in a Float32Array, got Array/,
      ],
      [int32(1), { dtype: 'int32', shape: [1], data: Float32Array.of(1) }, /got Float32Array/],
      [
        bool(2),
        { dtype: 'bool', shape: [2], data: Uint8Array.of(1, 255) },
        /need bools of 0 or 1, got 255 at element 1/,
      ],
      [string(1), { dtype: 'string', shape: [1], data: [1] }, /need strings, got a number at element 0/],
      [float32(1), floats([1, 1], 1), /need a tensor float32\[1\], got float32\[1,1\]/],
      [float32(), 1, /need a tensor float32, got 1/],
      [float32(), { dtype: 'float32' }, /need a tensor float32, got an object with fields dtype/],
      [struct({ a: float32() }), 'a', /need a struct, got 'a'/],
      [float32(), { dtype: 'float32', shape: 1, data: 1 }, /need a tensor float32/],
    ];
    for (const [type, value, message] of wrong)
      expect(() => checkValue(type, value as Value)).toThrow(message);
  });

  test('`checkValue` leads to the part at fault', () => {
    const type = sequence(struct({ x: float32(), y: float32() }));
    const columns = (x: Tensor, y: Tensor) => ({ x, y });
    expect(pathOf(type, { length: 2, columns: columns(floats([2], 1, 2), floats([2], 1, 2)) })).toBe('fits');
    // A column that is longer or shorter than the dataset, and a dataset longer than both.
    expect(pathOf(type, { length: 2, columns: columns(floats([2], 1, 2), floats([1], 1)) })).toBe(
      'columns.y',
    );
    expect(pathOf(type, { length: 2, columns: columns(floats([3], 1, 2, 3), floats([2], 1, 2)) })).toBe(
      'columns.x',
    );
    expect(pathOf(type, { length: 3, columns: columns(floats([2], 1, 2), floats([2], 1, 2)) })).toBe(
      'columns.x',
    );
    expect(pathOf(type, { length: 2, columns: { x: floats([2], 1, 2) } })).toBe('columns.y');
    expect(pathOf(type, { length: Number.NaN, columns: {} })).toBe('');
    expect(pathOf(struct([float32(), float32(1)]), [floats([], 1), floats([1])])).toBe('[1]');
    expect(pathOf(struct({ a: struct({ b: float32() }) }), { a: { b: 1 } })).toBe('a.b');
    expect(pathOf(struct({ a: float32() }), null)).toBe('');
  });
});

describe('datasets', () => {
  const type = sequence(float32());

  test.each([
    [undefined, 'need columns and their length, got undefined'],
    [[1, 2], 'need columns and their length, got an array of 2'],
    [{ length: 2 }, 'need columns and their length, got an object with fields length'],
    [{ length: 1.5, columns: floats([1], 1) }, 'need a length that is a non-negative integer, got 1.5'],
    [{ length: -1, columns: floats([1], 1) }, 'need a length that is a non-negative integer, got -1'],
    [{ length: '1', columns: floats([1], 1) }, "need a length that is a non-negative integer, got '1'"],
  ])('`checkValue` refuses %j as a dataset', (value, reason) => {
    expect(() => checkValue(type, value as never)).toThrow(`Cannot take a value of float32*: ${reason}`);
  });

  test('`checkValue` refuses a dataset of datasets', () => {
    const nested = { length: 1, columns: { length: 1, columns: floats([1], 1) } };
    expect(() => checkValue(sequence(type), nested as never)).toThrow('got a dataset in a dataset');
  });
});

describe('tensor', () => {
  test('`tensor` throws when its parts contradict each other', () => {
    expect(() => tensor('float32', [3], Float32Array.of(1, 2))).toThrow(
      /need 3 elements for shape \[3\], got 2/,
    );
    expect(() => tensor('bool', [1], Uint8Array.of(255))).toThrow(/bools of 0 or 1/);
    expect(() => tensor('float32', [1], Float64Array.of(1) as never)).toThrow(
      /Float32Array, got Float64Array/,
    );
    expect(() => tensor('float16' as never, [], [] as never)).toThrow(/element type/);
  });
});
