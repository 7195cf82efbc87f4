import { describe, expect, test } from 'vitest';
import { formatTable } from './table.js';

describe('formatTable', () => {
  test('aligns text left and numbers right when widths differ', () => {
    const table = formatTable([
      ['question', 'answer'],
      ['hot?', '0.5'],
      ['digits', '97.25 %'],
    ]);
    expect(table).toBe(
      ['question  answer', '────────  ───────', 'hot?          0.5', 'digits    97.25 %'].join('\n'),
    );
  });
});
