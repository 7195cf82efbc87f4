import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ValueError } from '../errors/starling-error.js';
import { leafTypes } from '../types/leaves.js';
import {
  bool,
  float32,
  float64,
  int32,
  int64,
  sequence,
  string,
  struct,
  type Type,
  uint8,
} from '../types/types.js';
import { flatten, unflatten } from './flatten.js';
import { inferType } from './infer-type.js';
import { toHost } from './to-host.js';
import { toValue } from './to-value.js';
import type { Dataset } from './value.js';

const example = struct({ x: float32(2), y: int32() });

describe('toValue', () => {
  test('`toValue` makes tensors when given numbers, booleans, strings and nested arrays', () => {
    expect(toValue(float32(), 1.5)).toEqual({ dtype: 'float32', shape: [], data: Float32Array.of(1.5) });
    expect(toValue(bool(2), [true, false])).toEqual({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
    expect(
      toValue(int32(2, null), [
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toEqual({ dtype: 'int32', shape: [2, 3], data: Int32Array.of(1, 2, 3, 4, 5, 6) });
    expect(toValue(string(1), ['a'])).toEqual({ dtype: 'string', shape: [1], data: ['a'] });
    expect(toValue(int64(), 2n ** 60n)).toEqual({
      dtype: 'int64',
      shape: [],
      data: BigInt64Array.of(2n ** 60n),
    });
    expect(toValue(float32(null, 3), [])).toEqual({
      dtype: 'float32',
      shape: [0, 3],
      data: new Float32Array(),
    });
  });

  test('`toValue` keeps the array when a typed array has the element type, and reshapes it', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    const value = toValue(float32(2, null), data) as { data: unknown; shape: unknown };
    expect(value.data).toBe(data);
    expect(value.shape).toEqual([2, 2]);
    expect(toValue(float64(2), Int32Array.of(1, 2))).toEqual({
      dtype: 'float64',
      shape: [2],
      data: Float64Array.of(1, 2),
    });
  });

  test.each([
    [
      float32(3),
      { dtype: 'float32', shape: [3], data: Float32Array.of(1, 2) },
      'need 3 elements for shape [3], got 2',
    ],
    [
      float32(null),
      { dtype: 'float32', shape: [-1], data: new Float32Array(1) },
      'non-negative integers, got [-1]',
    ],
    [
      float32(1),
      { dtype: 'float32', shape: [1], data: [1] },
      'need data of float32 in a Float32Array, got Array',
    ],
    [int64(1), { dtype: 'int64', shape: [1], data: Int32Array.of(1) }, 'in a BigInt64Array, got Int32Array'],
    [bool(1), { dtype: 'bool', shape: [1], data: Uint8Array.of(255) }, 'need bools of 0 or 1, got 255'],
    [bool(2), Uint8Array.of(1, 2), 'need bools of 0 or 1, got 2'],
    [string(1), { dtype: 'string', shape: [1], data: [1] }, 'need strings, got a number'],
    [
      sequence(float32()),
      { length: 2, columns: { dtype: 'float32', shape: [1], data: Float32Array.of(1) } },
      'got float32[1]',
    ],
    [sequence(struct({})), { length: 1.5, columns: {} }, 'at length: need a non-negative integer, got 1.5'],
    [
      sequence(struct({})),
      { length: Number.NaN, columns: {} },
      'at length: need a non-negative integer, got NaN',
    ],
  ])('`toValue` refuses what is no tensor of %o', (type, value, message) => {
    expect(() => toValue(type as Type, value)).toThrow(message);
  });

  test('`toValue` takes a struct whose fields are named like the parts of a tensor or dataset', () => {
    const type = struct({ dtype: float32(), shape: float32(2), data: string() });
    const host = { dtype: 1, shape: [2, 3], data: 'a' };
    const value = toValue(type, host);
    expect(toHost(type, value)).toEqual({
      dtype: 1,
      shape: { dtype: 'float32', shape: [2], data: Float32Array.of(2, 3) },
      data: 'a',
    });
    expect(inferType(host)).toEqual(type);
    expect(inferType({ dtype: 'float32', shape: 1, data: 2 })).toEqual(
      struct({ dtype: string(), shape: float32(), data: float32() }),
    );
    // Where such a value is not what is needed, the error says so.
    expect(() => toValue(float32(), host)).toThrow(/need shape \[\], got|need a number, got an object/);
    const columns = struct({ length: int32(), columns: float32() });
    expect(toHost(columns, toValue(columns, { length: 3, columns: 1 }))).toEqual({ length: 3, columns: 1 });
    // A tensor is no struct.
    const tensor = { dtype: 'float32', shape: [1], data: Float32Array.of(1) };
    expect(() => toValue(struct({ a: float32() }), tensor)).toThrow(
      'need an object, got a tensor float32[1]',
    );
  });

  test('`toValue` takes either empty literal for a struct without fields', () => {
    for (const empty of [{}, []]) expect(toValue(struct({}), empty)).toEqual({});
    expect(toHost(struct([]), toValue(struct([]), []))).toEqual({});
  });

  test('`toValue` stacks elements into columns when given a list for a sequence', () => {
    const dataset = toValue(sequence(example), [
      { x: [1, 2], y: 3 },
      { y: 6, x: [4, 5] },
    ]) as Dataset;
    expect(dataset.length).toBe(2);
    expect(dataset.columns).toEqual({
      x: { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 4, 5) },
      y: { dtype: 'int32', shape: [2], data: Int32Array.of(3, 6) },
    });
    expect(toValue(sequence(example), dataset)).toEqual(dataset);
    // Scalars may come as numbers, as tensors, or as a typed array.
    const numbers = { length: 2, columns: { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) } };
    const two = { dtype: 'float32', shape: [], data: Float32Array.of(2) };
    for (const given of [[1, 2], [1, two], Float32Array.of(1, 2), Int32Array.of(1, 2)]) {
      expect(toValue(sequence(float32()), given)).toEqual(numbers);
    }
    expect(toValue(sequence(float32(3)), [])).toEqual({
      length: 0,
      columns: { dtype: 'float32', shape: [0, 3], data: new Float32Array() },
    });
  });

  test('`toValue` takes ten million numbers for a sequence without as many tensors', () => {
    const numbers = new Float32Array(10_000_000);
    const { length, columns } = toValue(sequence(float32()), numbers) as Dataset;
    expect(length).toBe(10_000_000);
    expect((columns as { data: unknown }).data).toBe(numbers);
  });

  test('`toValue` takes the greatest float32 and infinities, and a float64 of any size', () => {
    const max = (2 - 2 ** -23) * 2 ** 127;
    expect(toValue(float32(3), [max, -max, Number.POSITIVE_INFINITY])).toMatchObject({
      data: Float32Array.of(max, -max, Number.POSITIVE_INFINITY),
    });
    expect(toValue(float64(), 1e300)).toMatchObject({ data: Float64Array.of(1e300) });
  });

  test.each([
    [
      float32(),
      1e300,
      '',
      'need a number from -3.4028234663852886e+38 to 3.4028234663852886e+38, got 1e+300',
    ],
    [float32(2), Float64Array.of(1, -4e38), '[1]', 'to 3.4028234663852886e+38, got -4e+38'],
    [sequence(float32()), [1, 1e39], '[1]', 'to 3.4028234663852886e+38, got 1e+39'],
    // Holes of arrays count as what is missing.
    // biome-ignore lint/suspicious/noSparseArray: what is tested
    [float32(3), [1, , 2], '[1]', 'need a number, got undefined'],
    // biome-ignore lint/suspicious/noSparseArray: what is tested
    [sequence(float32()), [1, , 2], '[1]', 'need a number, got undefined'],
    [int32(), 1.5, '', 'need an integer from -2147483648 to 2147483647, got 1.5'],
    [uint8(2), [1, 256], '[1]', 'need an integer from 0 to 255, got 256'],
    [bool(), 1, '', 'need true or false, got 1'],
    [float32(), '3', '', "need a number, got '3'"],
    [float32(2), [1, 2, 3], '', 'need shape [2], got an array of 3'],
    [float32(2, 2), [[1, 2], [3]], '[1]', 'need an array of 2, got an array of 1'],
    [example, { x: [1, 2] }, 'y', 'need this field, got undefined'],
    [example, { x: [1, 2], y: 1, z: 2 }, 'z', 'need no such field, got 2'],
    [
      sequence(example),
      [
        { x: [1, 2], y: 1 },
        { x: [1, 'a'], y: 1 },
      ],
      '[1].x[1]',
      "need a number, got 'a'",
    ],
    [sequence(float32()), 3, '', 'need an array of elements or a dataset, got 3'],
    [struct([int32(), int32()]), [1], '', 'need an array of 2, got an array of 1'],
    [sequence(float32()), { length: 3, columns: [1, 2] }, 'columns', 'need shape [3], got an array of 2'],
  ])('`toValue` names the path when %j gets %j', (type, input, path, message) => {
    const attempt = () => toValue(type, input);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(ValueError);
    try {
      attempt();
    } catch (error) {
      expect((error as ValueError).path).toBe(path);
    }
  });
});

describe('toHost', () => {
  test('`toHost` gives back what `toValue` took when values pass through leaves', () => {
    const type = struct({
      n: int32(),
      flag: bool(),
      name: string(),
      data: sequence(struct([float32(), int64()])),
    });
    const record = fc.record({
      n: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      flag: fc.boolean(),
      name: fc.string(),
      data: fc.array(
        fc.tuple(fc.float({ noNaN: true }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      ),
    });
    fc.assert(
      fc.property(record, (input) => {
        const leaves = flatten(type, toValue(type, input));
        expect(leaves.map(({ dtype }) => dtype)).toEqual(leafTypes(type).map(({ dtype }) => dtype));
        expect(toHost(type, unflatten(type, leaves))).toEqual(input);
      }),
    );
  });
});
