// Runs the tutorial: the module of each page prints what its lines marked `// →` say.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { readText, root, trackedFiles } from '../support/repository.js';
import { snippetsOf } from '../support/snippets.js';

const pages = trackedFiles('.md').filter((path) => /^docs\/tutorial\/\d\d-/.test(path));
const folder = join(root, '.starling', 'tutorial');

describe('tutorial', () => {
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  afterEach(() => vi.restoreAllMocks());

  test('has its eight pages', () => {
    expect(pages).toHaveLength(8);
  });

  test.each(pages)('`%s` prints what it says', async (page) => {
    const [code = '', ...more] = snippetsOf(readText(page));
    expect(more).toEqual([]);
    const printed: string[] = [];
    vi.spyOn(console, 'log').mockImplementation((...values: readonly unknown[]) => {
      printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' '));
    });
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${basename(page, '.md')}.ts`);
    writeFileSync(file, code);
    await import(file);
    const promised = [...code.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1]!.trim());
    expect(printed.map((line) => line.trim())).toEqual(promised);
    expect(promised.length).toBeGreaterThan(0);
  });
});
