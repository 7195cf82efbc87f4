// The code that documents show, run as they say: saved outside of the repository and run by `starling run`.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readText, trackedFiles } from '../support/repository.js';
import { snippetsOf } from '../support/snippets.js';
import { startStarling } from '../support/starling.js';

interface Script {
  readonly page: string;
  /** From the first line; empty where that says none. */
  readonly name: string;
  readonly code: string;
}

/** What stands in pages of mistakes is run by their own test. */
const documents = trackedFiles('.md').filter((page) => !page.startsWith('test/mistakes/'));
const scripts: readonly Script[] = documents.flatMap((page) =>
  snippetsOf(readText(page)).map((code) => ({
    page,
    name: /^\/\/ ([\w-]+\.ts): \S/.exec(code)?.[1] ?? '',
    code,
  })),
);
const pages = new Set(scripts.map(({ page }) => page));

/** They wait for a coordinator, read what a run has left, train for long, or are federations. */
const NOT_RUN: readonly string[] = [
  'docs/bring-your-own-data.md hearts.ts',
  'docs/coming-from-disco.md task.ts',
  'docs/coming-from-flower.md federation.ts',
  'docs/debugging.md study.ts',
  'docs/operations.md mote.ts',
  'docs/record.md read-record.ts',
  'packages/client/README.md mote.ts',
  'packages/learning/README.md train.ts',
];
const isRun = ({ page, name }: Script): boolean =>
  name !== '' && !NOT_RUN.includes(`${page} ${name}`) && /`npx starling run /.test(readText(page));

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-pages-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('scripts', () => {
  test('of all documents open with their name and what they do', () => {
    expect(
      scripts.filter(({ name }) => name === '').map(({ page, code }) => `${page}: ${code.split('\n')[0]}`),
    ).toEqual([]);
  });

  test.each([...pages])('`%s` says how to run its code', (page) => {
    const names = scripts.filter((script) => script.page === page).map(({ name }) => name);
    const runs = [
      ...readText(page).matchAll(/npx starling (?:pipeline )?(?:run|simulate) (?:\.\/)?([\w-]+\.ts)/g),
    ];
    expect(runs.map((match) => match[1]).filter((name) => names.includes(name!))).not.toEqual([]);
  });

  test.each(scripts.filter(isRun).map((script) => [`${script.page} ${script.name}`, script] as const))(
    '`starling run` of %s prints what its lines marked → say',
    async (_, { name, code }) => {
      writeFileSync(join(folder, name), code);
      const { finished } = startStarling(['run', name], { directory: folder });
      const { stdout, ...ended } = await finished;
      expect(ended).toEqual({ code: 0, stderr: '' });
      const promised = [...code.matchAll(/\/\/ → (.*)$/gm)].map((match) => match[1]!.trim());
      const printed = stdout.split('\n').map((line) => line.trim());
      expect(printed.slice(0, -1)).toEqual(promised);
    },
  );

  test('of the tutorial print something, on each of its eleven pages', () => {
    const silent = scripts.filter(
      ({ page, code }) => page.startsWith('docs/tutorial/') && !code.includes('// → '),
    );
    expect(silent).toEqual([]);
    expect([...pages].filter((page) => page.startsWith('docs/tutorial/'))).toHaveLength(11);
  });
});
