import { expect, test } from 'vitest';
import { keyCode, textCode } from './code-text.js';

test.each([
  ['?', "'?'"],
  ["it's", "'it\\'s'"],
  ['5" \\ disk', "'5\" \\\\ disk'"],
  ['a\nb', "'a\\nb'"],
])('`textCode` gives %j as code that gives it back', (text, code) => {
  expect(textCode(text)).toBe(code);
  expect(new Function(`return ${code}`)()).toBe(text);
});

test('`keyCode` quotes the names that need it', () => {
  expect(['age', '$1', 'blood pressure', '2nd', 'größe'].map(keyCode)).toEqual([
    'age',
    '$1',
    "'blood pressure'",
    "'2nd'",
    "'größe'",
  ]);
});
