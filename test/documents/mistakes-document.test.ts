// The mistakes that docs/mistakes.md shows are those of the corpus, word for word.
import { expect, test } from 'vitest';
import { mistakePages, parseMistake } from '../support/mistakes.js';
import { readText } from '../support/repository.js';

/** A mistake and what is said of it. */
const shownOf = ({ code, typed, said }: ReturnType<typeof parseMistake>) => ({ code, typed, said });

test('`docs/mistakes.md` shows mistakes of the corpus, with what is said of them', () => {
  const corpus = mistakePages().flatMap(({ mistakes }) => mistakes.map(shownOf));
  const sections = readText('docs/mistakes.md')
    .split(/^(?=## )|(?<=^ {4}.*\n)\n(?=```ts mistake)/m)
    .filter((section) => /^ {4}\S/m.test(section));
  const shown = sections.map((section) => shownOf(parseMistake(section)));
  expect(shown.length).toBeGreaterThan(10);
  for (const mistake of shown) expect(corpus).toContainEqual(mistake);
});
