// Pins what each room lets others import: the names of every entry, one file of names an entry, in test/entries/.
// `npx vitest run test/entries.test.ts -u` writes them anew when a change of names is meant.
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportedNames } from './support/exported-names.js';
import { readManifest, readText, rooms, root, trackedFiles } from './support/repository.js';

/** Names that stand for two things still, each to be given another. */
const KNOWN_CLASHES: readonly string[] = [];

/** Every entry that is a module of TypeScript: how others import it, and its source. */
const entries = rooms().flatMap(({ folder, name }) =>
  Object.entries(readManifest(folder).exports ?? {}).flatMap(([entry, target]) => {
    const source = (target as { readonly 'starling-source'?: string })['starling-source'];
    if (source === undefined || !existsSync(join(root, folder, source))) return [];
    return [{ specifier: join(name, entry), source: join(folder, source) }];
  }),
);
const namesOf = (source: string) => exportedNames(source, readText);
const goldenOf = (specifier: string): string =>
  join('test/entries', `${specifier.replace('@starling/', '').replaceAll('/', '.')}.txt`);

describe('entries', () => {
  test.each(entries)('`$specifier` exports the names in its list', async ({ specifier, source }) => {
    const lines = namesOf(source).map(({ name, isType }) => (isType ? `type ${name}` : name));
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(join(root, goldenOf(specifier)));
  });

  test('`test/entries` holds a list for every entry and no other', () => {
    const lists = trackedFiles('.txt').filter((path) => !relative('test/entries', path).startsWith('..'));
    expect(lists.sort()).toEqual(entries.map(({ specifier }) => goldenOf(specifier)).sort());
  });

  test('no name means two things, except those that are known to', () => {
    const originsOf = new Map<string, Set<string>>();
    for (const { source } of entries) {
      for (const { name, origin } of namesOf(source)) {
        originsOf.set(name, (originsOf.get(name) ?? new Set()).add(origin));
      }
    }
    const twice = [...originsOf].filter(([, origins]) => origins.size > 1).map(([name]) => name);
    expect(twice.sort()).toEqual(KNOWN_CLASHES);
  });
});
