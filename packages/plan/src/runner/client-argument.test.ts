import {
  float32,
  int32,
  sequence,
  struct,
  type Tensor,
  type Type,
  tensor,
  toValue,
} from '@starling/federated-core';
import { assert, describe, expect, test } from 'vitest';
import { clientArgument } from './client-argument.js';
import { ClientDataError } from './client-errors.js';

const numbers = (leaves: readonly Tensor[]): number[] => leaves.map(({ data }) => Number(data[0]));
const plan = (clientInput: Type) => ({ name: 'test', clientInput });

describe('clientArgument', () => {
  const held = struct({ x: float32(), y: int32(), z: float32() });
  const value = toValue(held, { x: 1, y: 2, z: 3 });

  test('`clientArgument` gives the leaves in order when the plan takes the value as it is', () => {
    assert.deepEqual(numbers(clientArgument(plan(held), held)(value)), [1, 2, 3]);
  });

  test('`clientArgument` picks fields by name when the plan asks for some, in its own order', () => {
    const wanted = struct({ z: float32(), y: int32() });
    assert.deepEqual(numbers(clientArgument(plan(wanted), held)(value)), [3, 2]);
  });

  test('`clientArgument` hands over the whole value when the plan has one parameter of another name', () => {
    const wanted = struct({ readings: sequence(float32()) });
    const type = sequence(float32());
    const [leaf] = clientArgument(plan(wanted), type)(toValue(type, [7, 8]));
    assert.deepEqual([...(leaf!.data as Float32Array)], [7, 8]);
  });

  test('`clientArgument` needs nothing when the plan asks clients for nothing', () => {
    assert.deepEqual(clientArgument(plan(struct([])), held)(value), []);
  });

  test('`clientArgument` takes by position what is held by name', () => {
    const wanted = struct([float32(), int32(), float32()]);
    assert.deepEqual(numbers(clientArgument(plan(wanted), held)(value)), [1, 2, 3]);
  });

  test('`clientArgument` refuses a value that is not of its type, also in a part that no one asks for', () => {
    const argument = clientArgument(plan(struct({ x: float32() })), held);
    const broken = { x: tensor('float32', [], Float32Array.of(1)), y: tensor('int32', [], Int32Array.of(2)) };
    expect(() => argument(broken)).toThrow(ClientDataError);
    expect(() => argument(broken)).toThrow(/at z: need this field, got none/);
  });

  test.each([
    ['a field is missing', struct({ w: float32() })],
    ['a field has another type', struct({ y: float32(), z: float32() })],
    ['a bare tensor is asked for', float32()],
  ])('`clientArgument` throws when %s', (_, wanted) => {
    expect(() => clientArgument(plan(wanted), held)).toThrow(
      /its clients must hold .*, got <x=float32,y=int32,z=float32>/,
    );
  });
});
