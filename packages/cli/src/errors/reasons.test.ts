import { describe, expect, it } from 'vitest';
import { reasons } from './reasons.js';

describe('reasons', () => {
  it('gives the first line of each message, outermost first', () => {
    const cause = new Error('no binding\nat line 2');
    expect(reasons(new Error('Cannot load', { cause }))).toEqual(['Cannot load', 'no binding']);
  });

  it('takes anything that was thrown', () => {
    expect(reasons('text')).toEqual(['text']);
  });
});
