import { describe, expect, test } from 'vitest';
import { parseType } from '../types/parse.js';
import { float32, sequence, string, struct } from '../types/types.js';
import { flatten, unflatten } from './flatten.js';
import { elementAt, stackTensors } from './stack.js';
import { tensor } from './tensor.js';
import { toValue } from './to-value.js';

const vector = (...values: number[]) => tensor('float32', [values.length], Float32Array.from(values));

describe('stackTensors', () => {
  test('`stackTensors` stacks along a new first axis, and `elementAt` takes back each', () => {
    const column = stackTensors(float32(2), [vector(1, 2), vector(3, 4), vector(5, 6)]);
    expect(column).toEqual(tensor('float32', [3, 2], Float32Array.of(1, 2, 3, 4, 5, 6)));
    expect(elementAt(column, 1)).toEqual(vector(3, 4));
    const words = stackTensors(string(), [tensor('string', [], ['a']), tensor('string', [], ['b'])]);
    expect(elementAt(words, 1)).toEqual(tensor('string', [], ['b']));
    expect(stackTensors(float32(null, 2), []).shape).toEqual([0, 0, 2]);
  });

  test('`stackTensors` refuses tensors of different shapes', () => {
    expect(() => stackTensors(float32(null), [vector(1), vector(2, 3)])).toThrow(
      'shapes must be equal, got [1] and [2]',
    );
  });
});

describe('stackTensors of what does not fit', () => {
  test('`stackTensors` refuses arguments that are swapped', () => {
    const swapped = () => stackTensors([vector(1)] as never, float32(1) as never);
    expect(swapped).toThrow('Cannot stack tensors: their type must be a type, such as ');
    expect(swapped).toThrow('got an array of 1');
  });

  test.each([
    [float32(2), vector(1, 2, 3), 'tensors[1] must be of float32[2], got float32[3]'],
    [float32(2), tensor('float32', [1, 2], Float32Array.of(1, 2)), 'got float32[1,2]'],
    [float32(2), tensor('int32', [2], Int32Array.of(1, 2)), 'got int32[2]'],
  ])('`stackTensors` of %o refuses %o', (type, other, message) => {
    expect(() => stackTensors(type, [vector(1, 2), other])).toThrow(message);
  });
});

describe('unflatten', () => {
  test('`unflatten` gives back the value whose leaves `flatten` listed', () => {
    const type = struct({ a: float32(2), data: sequence(struct([float32(), string()])) });
    const value = toValue(type, {
      a: [1, 2],
      data: [
        [3, 'x'],
        [4, 'y'],
      ],
    });
    const leaves = flatten(type, value);
    expect(leaves.map(({ shape }) => shape)).toEqual([[2], [2], [2]]);
    expect(unflatten(type, leaves)).toEqual(value);
  });

  test('`unflatten` and `flatten` refuse what does not fit the type', () => {
    expect(() => unflatten(struct([float32(), float32()]), [vector(1)])).toThrow('need 2 leaves, got 1');
    expect(() => flatten(struct({ a: float32() }), {})).toThrow('field a is missing');
    expect(() => flatten(parseType('(int32 -> int32)'), {})).toThrow('it has no tensors');
  });
});
