import { expect, test } from 'vitest';
import { seedFrom } from '../random/seed.js';
import { atClients, float32, sequence, struct } from '../types/types.js';
import { dataKinds } from './data-kinds.js';
import { tensor } from './tensor.js';

const refused = (name: keyof typeof dataKinds, value: unknown) =>
  expect(() => dataKinds[name]('Cannot x', 'y', value));

test('`dataKinds` takes a type of data, and says how to write one', () => {
  for (const type of [float32(), struct({}), sequence(float32(3))]) {
    expect(() => dataKinds.type('Cannot x', 'y', type)).not.toThrow();
  }
  refused('type', 'float32').toThrow(
    "y must be a type, such as float32(784) or struct({ x: float32(784), y: int32() }), got 'float32'",
  );
  refused('type', { x: float32(), y: float32() }).toThrow('Write struct({ x, y })');
  refused('type', atClients(float32())).toThrow('Say what the data is, without its place');
  refused('type', float32).toThrow('got the function float32. Call it: float32(…)');
});

test('`dataKinds` takes a seed, and says how to make one of a number', () => {
  expect(() => dataKinds.seed('Cannot x', 'y', seedFrom(2 ** 40 + 7))).not.toThrow();
  refused('seed', 42).toThrow('y must be a seed, such as seedFrom(1), got 42. Write seedFrom(42)');
  for (const value of [1.5, -1, '42', null, [1], [1, -1], [0.5, 1]])
    refused('seed', value).toThrow(/seedFrom\(1\), got [^.]*(\.\d)?\n/);
});

test('`dataKinds` takes a tensor, and no array', () => {
  expect(() => dataKinds.tensor('Cannot x', 'y', tensor('float32', [1], Float32Array.of(1)))).not.toThrow();
  for (const value of [[1], Float32Array.of(1), 1, undefined])
    refused('tensor', value).toThrow('y must be a tensor');
});
