import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { types } from '../testing/arbitraries.js';
import { parseType } from './parse.js';
import { isAssignable, isEquivalent } from './relations.js';

const assignable = (target: string, source: string): boolean =>
  isAssignable(parseType(target), parseType(source));

describe('isAssignable', () => {
  test('`isAssignable` takes every type for itself', () => {
    fc.assert(
      fc.property(types, (type) => {
        expect(isAssignable(type, type)).toBe(true);
      }),
    );
  });

  test('`isAssignable` takes a known dimension for an unknown one, and not the reverse', () => {
    expect(assignable('float32[?,3]', 'float32[2,3]')).toBe(true);
    expect(assignable('float32[2,3]', 'float32[?,3]')).toBe(false);
    expect(assignable('float32[?]', 'float32[2,3]')).toBe(false);
    expect(assignable('float32', 'int32')).toBe(false);
  });

  test('`isAssignable` takes an all-equal value for any client value, and not the reverse', () => {
    expect(assignable('{int32}@CLIENTS', 'int32@CLIENTS')).toBe(true);
    expect(assignable('int32@CLIENTS', '{int32}@CLIENTS')).toBe(false);
    expect(assignable('int32@SERVER', 'int32@CLIENTS')).toBe(false);
  });

  test('`isAssignable` takes what is aggregated only for what may be revealing, and not the reverse', () => {
    expect(assignable('int32@SERVER revealing', 'int32@SERVER')).toBe(true);
    expect(assignable('int32@SERVER', 'int32@SERVER revealing')).toBe(false);
    expect(assignable('<a=int32@CLIENTS>', '<a=int32@CLIENTS revealing>')).toBe(false);
    expect(isEquivalent(parseType('int32@SERVER'), parseType('int32@SERVER revealing'))).toBe(false);
  });

  test('`isAssignable` takes named fields for positions, in order, and names only for the same names', () => {
    expect(assignable('<int32,bool>', '<a=int32,b=bool>')).toBe(true);
    expect(assignable('<a=int32,b=bool>', '<int32,bool>')).toBe(false);
    expect(assignable('<a=int32,b=int32>', '<b=int32,a=int32>')).toBe(false);
  });

  test('`isAssignable` reverses for the parameter of a function', () => {
    expect(assignable('(int32[3] -> bool)', '(int32[?] -> bool)')).toBe(true);
    expect(assignable('(int32[?] -> bool)', '(int32[3] -> bool)')).toBe(false);
    expect(assignable('( -> bool[?])', '( -> bool[2])')).toBe(true);
    expect(assignable('( -> bool)', '(int32 -> bool)')).toBe(false);
  });
});

describe('isEquivalent', () => {
  test('`isEquivalent` tells types apart when either direction fails', () => {
    expect(isEquivalent(parseType('float32[?]'), parseType('float32[3]'))).toBe(false);
    expect(isEquivalent(parseType('<a=int32>*'), parseType('<a=int32>*'))).toBe(true);
  });
});
