import { describe, expect, test } from 'vitest';
import { formatType } from './format.js';
import { parseType } from './parse.js';
import type { FunctionType } from './types.js';
import { firstMisfit, substitute, unify } from './unify.js';

/** The result of a signature on arguments, printed; null when they do not fit. */
const resultOf = (signature: string, given: string): string | null => {
  const { parameter, result } = parseType(signature) as FunctionType;
  const bindings = unify(parameter!, parseType(given));
  return bindings === null ? null : formatType(substitute(result, bindings));
};

describe('unify', () => {
  const map = '(<(T -> U),{T}@CLIENTS> -> {U}@CLIENTS)';
  const aggregate = '(<{T}@CLIENTS,U,(<U,T> -> U),(<U,U> -> U),(U -> R)> -> R@SERVER)';

  test('`unify` fills in the result when a map fits', () => {
    expect(resultOf(map, '<(int32 -> bool),{int32}@CLIENTS>')).toBe('{bool}@CLIENTS');
    expect(resultOf(map, '<(int32[?] -> bool),{int32[3]}@CLIENTS>')).toBe('{bool}@CLIENTS');
  });

  test('`unify` fails when a function would get more than it takes', () => {
    expect(resultOf(map, '<(int32[3] -> bool),{int32[?]}@CLIENTS>')).toBeNull();
    expect(resultOf(map, '<(int32 -> bool),{float32}@CLIENTS>')).toBeNull();
    expect(resultOf(map, '<(int32 -> bool),int32@SERVER>')).toBeNull();
    expect(resultOf(map, '<( -> bool),{int32}@CLIENTS>')).toBeNull();
  });

  test('`unify` takes the parameters of operators by position when they have names of their own', () => {
    const given =
      '<{int32}@CLIENTS,float32,(<sum=float32,next=int32> -> float32),(<a=float32,b=float32> -> float32),(float32 -> bool)>';
    expect(resultOf(aggregate, given)).toBe('bool@SERVER');
  });

  test('`unify` fails when an operator gives another accumulator than it takes', () => {
    const given =
      '<{int32}@CLIENTS,float32,(<float32,int32> -> int32),(<float32,float32> -> float32),(float32 -> bool)>';
    expect(resultOf(aggregate, given)).toBeNull();
  });

  test('`unify` tells named structs apart when their names differ', () => {
    expect(resultOf(map, '<(<a=int32,b=int32> -> bool),{<a=int32,b=int32>}@CLIENTS>')).toBe('{bool}@CLIENTS');
    expect(resultOf(map, '<(<a=int32,b=int32> -> bool),{<b=int32,a=int32>}@CLIENTS>')).toBeNull();
    expect(resultOf(map, '<(<a=int32,b=int32> -> bool),{<int32,int32>}@CLIENTS>')).toBe('{bool}@CLIENTS');
  });
});

describe('firstMisfit', () => {
  test('`firstMisfit` says what the argument would have to be by those before it', () => {
    const needed = (given: readonly string[]) => {
      const target = ['(T -> U)', '{T}@CLIENTS'].map(parseType);
      const misfit = firstMisfit(target, given.map(parseType));
      return misfit === null ? null : [misfit.index, formatType(misfit.needed)];
    };
    expect(needed(['(<a=int32> -> bool)', '{<b=int32>}@CLIENTS'])).toEqual([1, '{<a=int32>}@CLIENTS']);
    expect(needed(['int32', '{int32}@CLIENTS'])).toEqual([0, '(T -> U)']);
    expect(needed(['(int32 -> bool)', '{int32}@CLIENTS'])).toBeNull();
  });
});
