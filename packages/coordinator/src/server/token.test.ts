import { expect, test } from 'vitest';
import { tokenMatches } from './token.js';

test.each([
  [undefined, undefined, true],
  [undefined, 'anything', true],
  ['', 'anything', true],
  ['secret', 'secret', true],
  ['secret', 'secret ', false],
  ['secret', '', false],
  ['secret', undefined, false],
])('`tokenMatches` compares %j with %j and says %j', (wanted, given, expected) => {
  expect(tokenMatches(wanted, given)).toBe(expected);
});
