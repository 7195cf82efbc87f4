// How prose, comments and tests read: plain words, at most 120 columns, one dialect of tests, and names by
// CONTRIBUTING's rule 8.
// What else is held of files and tests stands in tidy.test.ts.
import { describe, expect, test } from 'vitest';
import { readText, sourceFiles, trackedFiles } from './support/repository.js';

const MAX_COLUMNS = 120;
const widthOf = (line: string): number => [...line].length;

/**
 * Lines of comments beyond the limit, directives aside. Biome wraps code, so that a long line of code is a long string.
 */
function wideComments(text: string): readonly number[] {
  const isComment = /^\s*(\/\/|\/\*|\*)|^[^'"`]*;\s+\/\/ /;
  return text
    .split('\n')
    .flatMap((line, index) =>
      widthOf(line) > MAX_COLUMNS && isComment.test(line) && !line.includes('biome-ignore')
        ? [index + 1]
        : [],
    );
}

/**
 * Lines of prose beyond the limit: not of code, tables, headings or HTML, nor one word or link that is longer by
 * itself.
 */
function wideProse(text: string): readonly number[] {
  let isCode = false;
  return text.split('\n').flatMap((line, index) => {
    if (/^\s*(```|~~~)/.test(line)) isCode = !isCode;
    const isExempt = isCode || /^ {4}|^\s*[|#<]|^\s*\[[^\]]+\]:/.test(line);
    const withoutLast = line.trimEnd().replace(/\s*(\[[^\]]*\]\([^)]*\)\S*|`[^`]*`\S*|\S+)$/, '');
    const canBreak = /\S\s+\S/.test(withoutLast) || /^\s*\S+\s+\S/.test(withoutLast.trim());
    return !isExempt && canBreak && widthOf(line) > MAX_COLUMNS ? [index + 1] : [];
  });
}

describe('prose and comments', () => {
  test(`of sources wrap at ${MAX_COLUMNS} columns`, () => {
    const wrong = trackedFiles('.ts', '.js', '.mjs').flatMap((path) =>
      wideComments(readText(path)).map((line) => `${path}:${line}`),
    );
    expect(wrong).toEqual([]);
  });

  test(`of documents wrap at ${MAX_COLUMNS} columns`, () => {
    // Printed from tables by their own tests.
    const printed = ['docs/intrinsics.md', 'docs/kernels.md'];
    const wrong = trackedFiles('.md')
      .filter((path) => !printed.includes(path))
      .flatMap((path) => wideProse(readText(path)).map((line) => `${path}:${line}`));
    expect(wrong).toEqual([]);
  });
});

/** Words that readers from elsewhere stumble over, and the plain ones in their place. */
const PLAIN_WORDS: readonly (readonly [word: RegExp, plain: string])[] = [
  [/\bmend(s|ed|ing)?\b/i, 'fix'],
  [/\bbut for\b/i, 'except'],
  [/\bwhoever\b/i, 'anyone who, or the one that is meant'],
  [/\bfor as long as\b/i, 'while'],
  [/\btold of\b/i, 'reported, or called with'],
  [/\bno part of\b/i, 'not part of'],
];

describe('words', () => {
  test('are plain ones', () => {
    const wrong = trackedFiles('.ts', '.md', '.yml')
      .filter((path) => path !== 'test/dialect.test.ts')
      .flatMap((path) =>
        PLAIN_WORDS.filter(([word]) => word.test(readText(path))).map(
          ([word, plain]) => `${path}: ${word.exec(readText(path))?.[0]} → ${plain}`,
        ),
      );
    expect(wrong).toEqual([]);
  });
});

describe('tests in one dialect', () => {
  const files = sourceFiles().filter(({ isTest, text }) => isTest && /from 'vitest'/.test(text));

  test('are `test` and `expect`, never `it`', () => {
    const imports = /import (?:type )?\{([^}]*)\} from 'vitest'/g;
    const wrong = files.filter(({ text }) =>
      [...text.matchAll(imports)].some(([, names]) => /\bit\b/.test(names as string)),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  // CONTRIBUTING, rule 8: "`symbol` does what when". The symbol may stand in a `describe` around.
  test('name the symbol: in the name of a test, or of a `describe` around it', () => {
    const wrong = files
      .filter(({ path }) => path.endsWith('.test.ts') && path.startsWith('packages/'))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^test(?:\.each\([\s\S]*?\))?\(\s*(['"`])((?:\\.|(?!\1)[^\\])+)\1/gm)]
          .map(([, , name]) => name as string)
          .filter((name) => !/`|\\`|^\$\{/.test(name))
          .map((name) => `${path}: ${name}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe('wideComments and wideProse', () => {
  const long = 'word '.repeat(25); // 125 columns
  test('find what is wider than 120 columns, and leave code, tables and headings alone', () => {
    expect(wideComments(`// ${long}\nconst text = '${long}';\n/* short */`)).toEqual([1]);
    expect(wideProse(`${long}\n\n# ${long}\n\n| ${long} |\n\n    ${long}\n\n- ${long}`)).toEqual([1, 9]);
  });
});
