import { expect, test } from 'vitest';
import { codeFrame } from './code-frame.js';

test('`codeFrame` points at the column, also behind the end of the line', () => {
  expect(codeFrame('\tconst x = ;', 12)).toBe('     const x = ;\n               ^');
  expect(codeFrame('', 1)).toBe('    \n    ^');
});

test('`codeFrame` shows the part around the column when the line is longer than 80', () => {
  const line = `${'a'.repeat(500)}X${'b'.repeat(500)}`;
  for (const column of [1, 40, 501, 990, 1001]) {
    const [code = '', caret = ''] = codeFrame(line, column).split('\n');
    expect(code).toHaveLength(80);
    expect(caret.endsWith('^')).toBe(true);
    if (column === 501) expect(code[caret.length - 1]).toBe('X');
  }
});
