import { describe, expect, test } from 'vitest';
import { stripTypes, syntaxFault } from './strip-types.js';

describe('stripTypes', () => {
  test('leaves each line and column where it is', () => {
    expect(stripTypes('a.ts', 'const a: number = 1;\n')).toBe('const a         = 1;\n');
  });

  // Each mistake is at the column that is written here, counted from 1.
  test.each([
    [
      'a type is missing',
      'const a = 1;\nlet b: number = ;\n',
      'valid TypeScript, got a mistake: Expression expected',
      2,
      17,
    ],
    [
      'it has an enum',
      '\n  enum A { x }\n',
      'TypeScript that only adds types to JavaScript, got TypeScript enum',
      2,
      3,
    ],
  ])('throws a SyntaxError that names the line when %s', (_, source, words, line, column) => {
    expect(() => stripTypes('/home/ann/a.ts', source)).toThrow(
      new SyntaxError(`Cannot read the file: it must be ${words}\n    at /home/ann/a.ts:${line}:${column}`),
    );
  });
});

describe('syntaxFault', () => {
  test('finds the line of a mistake in JavaScript, and nothing in a file that is right', () => {
    expect(syntaxFault('a.mjs', 'const x = ;')?.message).toMatch(/valid JavaScript.*\n {4}at a\.mjs:1:11$/);
    expect(syntaxFault('a.mjs', 'const x = 1;')).toBeNull();
  });
});
