import { describe, expect, test } from 'vitest';
import { formatType } from './format.js';
import { leafCount, leafTypes, splitLeaves } from './leaves.js';
import { parseType } from './parse.js';

const leaves = (text: string): readonly string[] => leafTypes(parseType(text)).map(formatType);

describe('leafTypes', () => {
  test('`leafTypes` lists the tensors of structs in order, and gives those of a sequence a length', () => {
    expect(leaves('<a=int32,b=<bool[2],<c=string>>>')).toEqual(['int32', 'bool[2]', 'string']);
    expect(leaves('<x=float32[28,28],y=int32>*')).toEqual(['float32[?,28,28]', 'int32[?]']);
    expect(leaves('{<a=int32,b=float32*>}@CLIENTS')).toEqual(['int32', 'float32[?]']);
    expect(leafCount(parseType('<>'))).toBe(0);
  });

  test('`leafTypes` refuses what has no tensors', () => {
    expect(() => leaves('float32**')).toThrow('a sequence must hold tensors or structs of tensors');
    expect(() => leaves('<a=int32*>*')).toThrow('a sequence must hold tensors');
    expect(() => leaves('(int32 -> int32)')).toThrow('Cannot list the leaves of (int32 -> int32)');
    expect(() => leaves('T')).toThrow('need tensors, structs or sequences');
  });
});

describe('splitLeaves', () => {
  test('`splitLeaves` cuts leaves into parts, empty ones included, and leaves out what is over', () => {
    expect(splitLeaves([1, 2, 3, 4], [2, 0, 1])).toEqual([[1, 2], [], [3]]);
    expect(splitLeaves([1], [])).toEqual([]);
  });
});
