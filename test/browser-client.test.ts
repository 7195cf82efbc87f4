// What a browser would load of Starling loads nothing of Node: the modules behind these entries import each other, and
// of other packages only those that run anywhere.
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readManifest, readText, rooms } from './support/repository.js';

/** Packages without Node, DOM or a process. */
const ANYWHERE: readonly string[] = ['@noble/hashes/sha2', '@noble/hashes/utils', 'zod'];

/** Imports that are left when types are gone. */
const VALUE_IMPORTS =
  /^(?:import|export) (?!type )[^;]*?from '([^']+)';|^import '([^']+)';|\bimport\('([^']+)'\)/gm;

const folders = new Map(rooms().map(({ name, folder }) => [name, folder]));

/** The source of an entry such as `@starling/plan/safetensors`. */
function sourceOf(specifier: string): string {
  const name = specifier.split('/').slice(0, 2).join('/');
  const folder = folders.get(name)!;
  const entry = `.${specifier.slice(name.length)}`;
  const target = readManifest(folder).exports?.[entry] as { readonly 'starling-source': string };
  return join(folder, target['starling-source']);
}

/** What the modules behind an entry import from elsewhere, each with the module that does. */
function foreignImports(entry: string): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const match of readText(path).matchAll(VALUE_IMPORTS)) {
      const specifier = (match[1] ?? match[2] ?? match[3])!;
      if (specifier.startsWith('.')) visit(join(dirname(path), specifier).replace(/\.js$/, '.ts'));
      else if (specifier.startsWith('@starling/')) visit(sourceOf(specifier));
      else found.push(`${specifier} in ${path}`);
    }
  };
  visit(sourceOf(entry));
  expect(seen.size, entry).toBeGreaterThan(5);
  return found;
}

test.each(['@starling/client/core', '@starling/plan', '@starling/plan/safetensors', '@starling/wire'])(
  '`%s` imports nothing that needs Node',
  (entry) => {
    const foreign = foreignImports(entry);
    expect(foreign.filter((each) => !ANYWHERE.some((name) => each.startsWith(`${name} `)))).toEqual([]);
  },
);

test('the walk over imports finds what needs Node where it is', () => {
  expect(foreignImports('@starling/client').some((each) => each.startsWith('ws '))).toBe(true);
});
