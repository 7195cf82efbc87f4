import { describe, expect, test } from 'vitest';
import { checkKind, hasMethods, kinds } from './check-kind.js';

class Odd {}
function make(): void {}

describe('checkKind', () => {
  const even = { need: 'an even number', fits: (value: unknown) => Number(value) % 2 === 0 };
  const refused = (value: unknown, kind: Parameters<typeof checkKind>[3] = even) =>
    expect(() => checkKind('Cannot x', 'y', value, kind));

  test('takes what fits, and says of what does not: action, need, actual and line', () => {
    expect(() => checkKind('Cannot x', 'y', 2, even)).not.toThrow();
    refused(3).toThrow(RangeError);
    refused(3).toThrow(/^Cannot x: y must be an even number, got 3\n {4}at .*check-kind\.test\.ts:\d+:\d+$/);
  });

  test('says what to write instead of a promise and of a function that is not called', () => {
    refused(Promise.resolve(2)).toThrow('got a Promise. Await it before, or leave out async');
    refused(make).toThrow('got the function make. Call it: make(…)');
    refused(() => 2).toThrow('got a function. Call it, and give what it returns');
    refused(Odd).toThrow(/got the class Odd\n/);
  });

  test('gives the kind’s own advice, where it has some on the value', () => {
    const advised = { ...even, advice: (value: unknown) => (value === 3 ? 'Write 4' : null) };
    refused(3, advised).toThrow('got 3. Write 4\n');
    refused(make, advised).toThrow('Call it: make(…)');
  });
});

describe('kinds', () => {
  const cases: readonly (readonly [keyof typeof kinds, readonly unknown[], readonly unknown[]])[] = [
    ['text', ['a'], ['', 1, null, ['a']]],
    ['flag', [true, false], [0, 1, 'true', null]],
    ['callable', [() => 1, make, async () => 1], [Odd, {}, 'make', null]],
    ['list', [[], [1]], [{}, 'a', Float32Array.of(1), null]],
    ['record', [{}, { a: 1 }, Object.create(null)], [[], new Odd(), new Map(), 1, null]],
    ['abortSignal', [new AbortController().signal], [new AbortController(), {}, null, true]],
  ];
  test.each(cases)('%s takes its own, and nothing else', (name, takes, refuses) => {
    for (const value of takes) expect(() => kinds[name]('Cannot x', 'y', value)).not.toThrow();
    for (const value of refuses)
      expect(() => kinds[name]('Cannot x', 'y', value)).toThrow('Cannot x: y must be');
  });
});

test('`hasMethods` asks for functions by name, of objects and of instances of classes', () => {
  expect(hasMethods({ run: make }, ['run'])).toBe(true);
  expect(hasMethods(new Map(), ['get', 'set'])).toBe(true);
  expect(hasMethods({ run: 1 }, ['run'])).toBe(false);
  expect(hasMethods(null, [])).toBe(false);
});
