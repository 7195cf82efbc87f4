import { describe, expect, test } from 'vitest';
import { readThrown, thrownWords } from './read-thrown.js';

const throwing = () => {
  throw new Error('again');
};
const unreadable = 'what was thrown cannot be read';

describe('readThrown', () => {
  test('`readThrown` gives an error that can be read as it is', () => {
    const error = new Error('no disk');
    expect(readThrown(error)).toBe(error);
    expect(thrownWords(error)).toBe('no disk');
  });

  test.each([
    ['text', 'text', 'text'],
    ['nothing', undefined, 'undefined'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an object without a prototype', Object.create(null), unreadable],
    ['an object whose `toString` throws', { toString: throwing }, unreadable],
    ['an error whose stack is an object', Object.assign(new Error('odd'), { stack: {} }), 'odd'],
    ['an error whose message is a number', Object.assign(new Error(), { message: 5 }), '5'],
    [
      'an error whose message throws',
      Object.defineProperty(new Error(), 'message', { get: throwing }),
      unreadable,
    ],
    ['a proxy of an error', new Proxy(new Error('x'), { get: throwing }), unreadable],
    ['a proxy without a prototype to read', new Proxy({}, { getPrototypeOf: throwing }), unreadable],
  ])('`readThrown` gives words for %s', (_, thrown, words) => {
    expect(readThrown(thrown)).toBe(words);
    expect(thrownWords(thrown)).toBe(words);
  });
});
