// Checks the benchmark's table.
import { expect, test } from 'vitest';
import { table } from './table.js';

test('`table` aligns names to the left and numbers to the right', () => {
  const text = table(
    ['name', 'ms'],
    [
      ['a', '1.5'],
      ['longer', '12.25'],
    ],
  );
  expect(text.split('\n')).toEqual(['name       ms', '------  -----', 'a         1.5', 'longer  12.25']);
});
