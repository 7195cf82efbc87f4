import { describe, expect, test } from 'vitest';
import { bool, float32, int32, sequence, string, struct, type Type } from '../types/types.js';
import { checkValue } from './check-value.js';
import { flatten } from './flatten.js';
import { leafReader } from './leaf-reader.js';
import { tensor } from './tensor.js';
import { toValue } from './to-value.js';
import type { Value } from './value.js';

const sensor = struct({
  at: struct([int32(), float32(2)]),
  readings: sequence(struct({ x: float32(), ok: bool() })),
});

const reading = (x: number) => ({ x, ok: x > 0 });
const whole = toValue(sensor, { at: [3, [1, 2]], readings: [1, -2].map(reading) });
const scalar = tensor('float32', [], Float32Array.of(1));

/** What is no value of its type, in every way that `checkValue` knows. */
const WRONG: readonly (readonly [what: string, type: Type, value: unknown])[] = [
  ['another dtype', int32(), scalar],
  ['another shape', float32(2), scalar],
  ['a shape that its data contradict', float32(2), { ...scalar, shape: [2] }],
  ['a negative dimension', float32(null), { ...scalar, shape: [-1] }],
  ['another kind of array', float32(), { ...scalar, data: Float64Array.of(1) }],
  ['a bool of 2', bool(), tensor('uint8', [], Uint8Array.of(2))],
  ['no tensor', float32(), 1],
  ['nothing', struct({ x: float32() }), undefined],
  ['a missing field', struct({ x: float32() }), {}],
  ['a field that is inherited', struct({ x: float32() }), Object.create({ x: scalar })],
  [
    'a column of another length',
    sequence(float32()),
    { length: 2, columns: tensor('float32', [1], Float32Array.of(1)) },
  ],
  [
    'a length that is none',
    sequence(float32()),
    { length: 0.5, columns: tensor('float32', [0], new Float32Array(0)) },
  ],
  ['no columns', sequence(float32()), { length: 0 }],
];

describe('leafReader', () => {
  test('`leafReader` gives the leaves that `flatten` gives', () => {
    expect(leafReader(sensor)(whole)).toEqual(flatten(sensor, whole));
    const words = toValue(struct({ word: string() }), { word: 'hot' });
    expect(leafReader(struct({ word: string() }))(words)).toEqual(flatten(struct({ word: string() }), words));
    const empty = toValue(sensor, { at: [3, [1, 2]], readings: [] });
    expect(leafReader(sensor)(empty)).toEqual(flatten(sensor, empty));
  });

  test.each(WRONG)('`leafReader` throws what `checkValue` throws for %s', (_, type, value) => {
    const errorOf = (action: () => unknown): string => {
      try {
        action();
      } catch (error) {
        return String(error);
      }
      return 'none';
    };
    const expected = errorOf(() => checkValue(type, value as Value));
    expect(expected).toMatch('Cannot take a value');
    expect(errorOf(() => leafReader(type)(value as Value))).toBe(expected);
  });
});
