// Holds the shape of each room inside: which folder of it may import which, and that no files import each other in a
// circle. A room lists its folders in its package.json, the lowest first: `"starling": { "folders": ["types", "plan"]
// }`.
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { circlesIn } from './support/circles.js';
import { importsOf, rooms, sourceFiles } from './support/repository.js';

/** Twin tests stand beside their source and may import anything. */
const isTwinTest = (path: string): boolean => /\.test(-d)?\.ts$/.test(path);

const files = sourceFiles().filter(({ path }) => !isTwinTest(path));
const paths = new Set(files.map(({ path }) => path));

/** The files of its own room that a file imports. */
function importsWithin(path: string, text: string): readonly string[] {
  return importsOf(text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => join(dirname(path), specifier).replace(/\.js$/, '.ts'))
    .filter((target) => paths.has(target));
}

const layered = rooms().flatMap((room) => {
  if (room.folders === undefined) return [];
  const source = join(room.folder, 'src');
  const own = files.filter(({ path }) => path.startsWith(`${source}/`));
  return [{ room, folders: room.folders, own, folderOf: folderIn(source) }];
});

/** The folder of a file relative to `source`; '' for an entry, which lies in `source` itself. */
function folderIn(source: string): (path: string) => string {
  return (path) => relative(source, dirname(path));
}

test('`folders` stand in the package.json of every package', () => {
  const without = rooms().filter(
    ({ folder, folders }) => folder.startsWith('packages/') && folders === undefined,
  );
  expect(without.map(({ name }) => name)).toEqual([]);
});

test('`folders` of a package.json are the folders of its sources, each once', () => {
  for (const { room, folders, own, folderOf } of layered) {
    const found = new Set(own.map(({ path }) => folderOf(path)).filter((folder) => folder !== ''));
    expect([...folders].sort(), room.name).toEqual([...found].sort());
  }
});

test('imports within a room stay in their folder or go to a lower one, and none names an entry', () => {
  const wrong = layered.flatMap(({ folders, own, folderOf }) => {
    const floorOf = (path: string): number => folders.indexOf(folderOf(path));
    return own.flatMap(({ path, text }) =>
      importsWithin(path, text).flatMap((target) => {
        if (folderOf(target) === '') return [`${path} imports the entry ${target}`];
        const isEntry = folderOf(path) === '';
        return isEntry || floorOf(target) <= floorOf(path) ? [] : [`${path} climbs to ${target}`];
      }),
    );
  });
  expect(wrong).toEqual([]);
});

test('no files import each other in a circle', () => {
  const circles = circlesIn(new Map(files.map(({ path, text }) => [path, importsWithin(path, text)])));
  const named = circles.map((circle) => circle.map((path) => path.replace(/^packages\//, '')));
  expect(named).toEqual([]);
});
