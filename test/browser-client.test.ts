// What a browser would load of Starling loads nothing of Node: the modules behind these entries import each other, and
// of other packages only those that run anywhere.
import { expect, test } from 'vitest';
import { loadedBy } from './support/loaded-by.js';

/** Packages without Node, DOM or a process. */
const ANYWHERE: readonly string[] = ['@noble/hashes/sha2', '@noble/hashes/utils', 'zod'];

/** What the modules behind an entry import from elsewhere, at once or later, each with a module that does. */
function foreignImports(entry: string): readonly (readonly [specifier: string, path: string])[] {
  const { modules, outside } = loadedBy(entry, { later: true });
  expect(modules.size, entry).toBeGreaterThan(5);
  return [...outside].filter(([specifier]) => !specifier.startsWith('@starling/'));
}

test.each(['@starling/client/core', '@starling/plan', '@starling/plan/safetensors', '@starling/wire'])(
  '`%s` imports nothing that needs Node',
  (entry) => {
    expect(foreignImports(entry).filter(([specifier]) => !ANYWHERE.includes(specifier))).toEqual([]);
  },
);

test('the walk over imports finds what needs Node where it is', () => {
  expect(foreignImports('@starling/client').map(([specifier]) => specifier)).toContain('ws');
});
