// The glossary of ARCHITECTURE.md: one word a thing, one thing a word, in alphabetical order.
import { expect, test } from 'vitest';
import { readText } from '../support/repository.js';

const glossary = readText('ARCHITECTURE.md').split('## Glossary')[1]?.split('\n## ')[0] ?? '';
const words = [...glossary.matchAll(/^\| ([a-z][a-z ]*) \| (?!meaning)/gm)].map((match) => match[1]!);

test('the glossary lists each word once, in alphabetical order', () => {
  expect(words.length).toBeGreaterThan(30);
  expect(words).toEqual([...new Set(words)].sort());
});
