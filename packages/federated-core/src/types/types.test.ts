import { describe, expect, test } from 'vitest';
import {
  atClients,
  atServer,
  equalAtClients,
  float32,
  functionType,
  int32,
  sequence,
  struct,
  structEntries,
  tensorType,
} from './types.js';

describe('tensorType', () => {
  test.each([-1, 1.5, Number.NaN])('`float32` refuses the dimension %s', (dimension) => {
    expect(() => float32(dimension)).toThrow(
      `dimensions must be non-negative integers or null, got ${dimension}`,
    );
  });
});

describe('struct', () => {
  test('`struct` keeps its fields in the order in which they are written', () => {
    expect(structEntries(struct({ b: int32(), a: float32() })).map(([name]) => name)).toEqual(['b', 'a']);
    expect(structEntries(struct([int32(), float32()])).map(([name]) => name)).toEqual([null, null]);
  });

  test.each(['1', 'a-b', '', 'é', '__proto__'])(
    '`struct` refuses the field name %j, which is no identifier',
    (name) => {
      expect(() => struct({ [name]: int32() })).toThrow(
        `field names must be identifiers other than __proto__ (JavaScript reorders integer keys), got '${name}'`,
      );
    },
  );
});

describe('types', () => {
  test('`tensorType` and `struct` stay what they are when the array or record that made them changes', () => {
    const shape = [3];
    const tensors = tensorType('float32', shape);
    const fields = { a: float32() };
    const record = struct(fields);
    const positions = [float32()];
    const list = struct(positions);
    shape[0] = 4;
    Object.assign(fields, { b: float32() });
    positions.push(float32());
    expect(tensors).toEqual(float32(3));
    expect(record).toEqual(struct({ a: float32() }));
    expect(list).toEqual(struct([float32()]));
  });
});

describe('placements', () => {
  test('`atClients`, `equalAtClients` and `atServer` say where a member is and whether all have the same', () => {
    expect(
      [atClients(int32()), equalAtClients(int32()), atServer(int32())].map(({ placement, allEqual }) => [
        placement,
        allEqual,
      ]),
    ).toEqual([
      ['CLIENTS', false],
      ['CLIENTS', true],
      ['SERVER', true],
    ]);
  });

  test('placements and sequences refuse to hold placed values and functions, however deep', () => {
    for (const inner of [atServer(int32()), functionType(null, int32())]) {
      for (const hold of [atClients, equalAtClients, atServer, sequence]) {
        expect(() => hold(inner)).toThrow('it must hold data, got a');
        expect(() => hold(struct({ a: struct([inner]) }))).toThrow('it must hold data, got a');
      }
    }
  });
});
