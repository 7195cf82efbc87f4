// What a type is made of, written as a user of JavaScript may: each slip is refused where the type is made.
import { expect, test } from 'vitest';
import { atClients, float32, sequence, struct, tensorType } from './types.js';

const TYPE = 'must be a type, such as float32(784), got';

test.each<readonly [string, () => unknown, string]>([
  [
    'a name of a dtype that there is not',
    () => tensorType('float' as never),
    "got 'float'; did you mean 'float32'?",
  ],
  ['a class for a dtype', () => tensorType(Float32Array as never), 'got the function Float32Array'],
  ['a number for a shape', () => tensorType('float32', 784 as never), 'its shape must be an array, got 784'],
  ['an array for dimensions', () => float32([28, 28] as never), 'got an array of 2. Write float32(28, 28)'],
  ['text for a dimension', () => float32('784' as never), "non-negative integers or null, got '784'"],
  [
    'no fields',
    () => struct(undefined as never),
    'what it is made of must be types by name, such as { x: float32(784), y: int32() }, got undefined',
  ],
  [
    'a Map for fields',
    () => struct(new Map([['x', float32()]]) as never),
    'got a Map. Write struct(Object.fromEntries',
  ],
  ['a Set for fields', () => struct(new Set([float32()]) as never), 'got a Set'],
  ['a promise for fields', () => struct(Promise.resolve({}) as never), 'got a Promise. Await it before'],
  ['one type for fields', () => struct(float32() as never), 'got a tensor type'],
  [
    'a name for a type',
    () => struct({ x: 'float32' } as never),
    `Cannot make a struct type: x ${TYPE} 'float32'`,
  ],
  [
    'a type that is not called',
    () => struct({ x: float32 } as never),
    `${TYPE} the function float32. Call it: float32(…)`,
  ],
  ['an example for a type', () => struct({ x: [0, 0] } as never), `${TYPE} an array of 2`],
  ['a record for a struct', () => struct({ a: { x: float32() } } as never), 'Write struct({ x })'],
  [
    'a sequence of a function',
    () => sequence(float32 as never),
    `a sequence type: what it holds ${TYPE} the function float32`,
  ],
  [
    'a placed record',
    () => atClients({ x: float32() } as never),
    'got an object with fields x. Write struct({ x })',
  ],
])('`types` refuse %s', (_, make, message) => {
  expect(make).toThrow(RangeError);
  expect(make).toThrow(message);
  expect(make).toThrow(/\n {4}at .*type-mistakes\.test\.ts:\d+:\d+$/);
});
