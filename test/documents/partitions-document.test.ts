// docs/partitions.md has every partitioner that there is, and no other, with its options.
import * as population from '@starling/population';
import { expect, test } from 'vitest';
import { readText } from '../support/repository.js';

const page = readText('docs/partitions.md');
const makers = new Map<string, unknown>(Object.entries(population));
const exported = [...makers.keys()].filter(
  (name) => /[a-z]Partition$/.test(name) && !name.startsWith('describe'),
);

/** The first two cells of the rows of a section's table. */
function rowsOf(heading: string): readonly (readonly [string, string])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(([, name, cell]) => [
    name as string,
    cell as string,
  ]);
}

test.each(['Which one', 'Definitions'])('docs/partitions.md has every partitioner under "%s"', (heading) => {
  const names = rowsOf(heading).map(([name]) => name);
  expect([...names].sort()).toEqual([...exported].sort());
});

test('docs/partitions.md has every skew', () => {
  const names = [...page.matchAll(/^\| `(\w+Skew)` \|/gm)].map(([, name]) => name as string);
  expect(names.sort()).toEqual([...makers.keys()].filter((name) => name.endsWith('Skew')).sort());
});

test('docs/partitions.md has the options of every partitioner', () => {
  for (const [name, cell] of rowsOf('Definitions')) {
    const make = makers.get(name) as (options: object) => unknown;
    const message = (): unknown => make({ noSuchOption: true });
    // Each option in backquotes, and behind some, in parentheses, a default, which may be in backquotes, too.
    const known = [...cell.replace(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, option]) => option);
    expect(message, name).toThrow(RangeError);
    expect(optionsOf(message), name).toEqual(known);
  }
});

/** The options that the error of one that does not exist lists. */
function optionsOf(make: () => unknown): readonly string[] {
  try {
    make();
  } catch (error) {
    const [, list = ''] = /need options \{ ?(.*?) ?\}/.exec((error as Error).message) ?? [];
    return list.split(', ').filter((option) => option !== '');
  }
  return [];
}
