import { describe, expect, test } from 'vitest';
import { reasons } from './reasons.js';

describe('reasons', () => {
  test('gives the first line of each message, outermost first', () => {
    const cause = new Error('no binding\nat line 2');
    expect(reasons(new Error('Cannot load', { cause }))).toEqual(['Cannot load', 'no binding']);
  });

  test('takes anything that was thrown', () => {
    expect(reasons('text')).toEqual(['text']);
  });
});
