// Holds the shape of the repository: which room may import which, and how a file opens and ends. The rules
// are those of ARCHITECTURE.md and CONTRIBUTING.md; a change to an arrow changes both in one commit.
import { builtinModules } from 'node:module';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  importsOf,
  packageOf,
  type Room,
  readManifest,
  readText,
  rooms,
  sourceFiles,
} from './support/repository.js';

const MAX_LINES = 300;
/** A file past the limit says "long because …" in its opening comment. */
const LENGTH_REASON = /\blong because\b/i;
/** Libraries that execute tensors, and the one room that may name them; tests of passes run what they changed. */
const ENGINE_LIBRARY = /^(@tensorflow\/|onnxruntime-)/;
const ENGINE_ROOM = '@starling/compute';
/** Below this floor nothing draws randomness or reads a clock: both are arguments. */
const IMPURE_FLOOR = 5;
const IMPURE = /\bMath\.random\(|\bDate\.now\(|\bnew Date\(\s*\)/;
const FLOORS: Readonly<Record<string, number>> = {
  'federated-core': 0,
  onnx: 1,
  population: 1,
  rounds: 1,
  store: 1,
  compute: 2,
  data: 2,
  datasets: 2,
  plan: 3,
  aggregators: 3,
  wire: 4,
  runtime: 4,
  learning: 4,
  analytics: 4,
  client: 5,
  coordinator: 5,
  pipeline: 5,
  cli: 6,
  simulations: 7,
  test: 8,
};

/** Declared, though no import line of the room names them, and why. */
const DEPENDENCIES_FOR_OTHERS: Readonly<Record<string, readonly string[]>> = {
  // A user's own .ts file finds these through the command, wherever it lies.
  '@starling/cli': [
    '@starling/aggregators',
    '@starling/analytics',
    '@starling/datasets',
    '@starling/learning',
    '@starling/pipeline',
    '@starling/population',
  ],
};

const all = rooms();
const files = sourceFiles();
const byName = new Map(all.map((room) => [room.name, room]));
const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
const atRoot = new Set(Object.keys(readManifest('.').devDependencies ?? {}));
const isRoom = (name: string): boolean => name.startsWith('@starling/');

/** Gathers every breach before it asserts, so that one run names them all. */
function breaches<T>(items: readonly T[], check: (item: T) => readonly string[]): readonly string[] {
  return items.flatMap((item) => check(item));
}

describe('rooms', () => {
  test('`package.json` gives each room the floor of ARCHITECTURE.md', () => {
    const floors = Object.fromEntries(all.map((room) => [room.name.slice('@starling/'.length), room.floor]));
    expect(floors).toEqual(FLOORS);
  });

  test('`dependencies` point to lower floors only', () => {
    const wrong = breaches(all, (room) =>
      [...room.dependencies].filter(isRoom).flatMap((name) => {
        const target = byName.get(name);
        if (target === undefined) return [`${room.name} depends on ${name}, which is no room`];
        return target.floor < room.floor
          ? []
          : [`${room.name} (floor ${room.floor}) depends on ${name} (floor ${target.floor})`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('`tsconfig.json` references exactly the rooms that a package depends on', () => {
    const wrong = breaches(all, (room) => {
      const config = JSON.parse(readText(join(room.folder, 'tsconfig.json'))) as {
        readonly references?: readonly { readonly path: string }[];
      };
      const folders = (config.references ?? []).map(({ path }) => normalize(join(room.folder, path)));
      const referenced = all.filter(({ folder }) => folders.includes(folder)).map(({ name }) => name);
      const declared = [...room.dependencies].filter(isRoom);
      return referenced.sort().join() === declared.sort().join()
        ? []
        : [`${room.name}: tsconfig has [${referenced}], package.json has [${declared}]`];
    });
    expect(wrong).toEqual([]);
  });

  test('ARCHITECTURE.md maps every room and no other', () => {
    const mapped = [...readText('ARCHITECTURE.md').matchAll(/^### `([^`]+?)\/?`/gm)].map((match) => match[1]);
    expect([...mapped].sort()).toEqual(all.map(({ folder }) => folder).sort());
  });
});

/** An entry of `exports` may hold one `*`, which stands for any text. */
function matchesEntry(entry: string, specifier: string): boolean {
  const [start = '', end] = entry.split('*');
  if (end === undefined) return entry === specifier;
  return (
    specifier.length >= start.length + end.length && specifier.startsWith(start) && specifier.endsWith(end)
  );
}

describe('imports', () => {
  const mayImport = (room: Room, isTest: boolean, specifier: string): string | null => {
    if (specifier.startsWith('.') || builtins.has(specifier)) return null;
    const name = packageOf(room.aliases.get(specifier) ?? specifier);
    if (name === room.name) return 'imports itself by name: use a relative path';
    if (!room.dependencies.has(name) && !(isTest && atRoot.has(name))) return 'is not in its package.json';
    const target = byName.get(name);
    if (target === undefined) return null;
    if (target.floor >= room.floor) return `points up, from floor ${room.floor} to ${target.floor}`;
    const isEntry = target.entries.some((entry) => matchesEntry(entry, specifier));
    return isEntry ? null : 'is a path into another room: import its entry';
  };

  test('of every file name a declared, lower room by its entry', () => {
    const wrong = breaches(files, ({ path, room, text, isTest }) =>
      importsOf(text).flatMap((specifier) => {
        const reason = mayImport(room, isTest, specifier);
        return reason === null ? [] : [`${path}: '${specifier}' ${reason}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('use every dependency that a package.json declares', () => {
    const wrong = breaches(all, (room) => {
      // Data and native packages are found by name at run time, so that a mention counts as a use.
      const text = files.flatMap((file) => (file.room.name === room.name ? [file.text] : [])).join('\n');
      const isUsed = (name: string): boolean => new RegExp(`['"\`]${name}['"\`/]`).test(text);
      const exempt = DEPENDENCIES_FOR_OTHERS[room.name] ?? [];
      return [...room.dependencies]
        .filter((name) => !isUsed(name) && !exempt.includes(name))
        .map((name) => `${room.name}: ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  test('by relative path stay inside their room and end in .js', () => {
    const wrong = breaches(files, ({ path, room, text }) =>
      importsOf(text)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => {
          const target = join(dirname(path), specifier);
          return relative(room.folder, target).startsWith('..') || !/\.(js|mjs|json)$/.test(specifier);
        })
        .map((specifier) => `${path}: '${specifier}'`),
    );
    expect(wrong).toEqual([]);
  });

  test('of tensor libraries stand in compute alone', () => {
    const wrong = files
      .filter(({ room, isTest }) => room.name !== ENGINE_ROOM && !(isTest && room.name === '@starling/onnx'))
      .filter(({ text }) => importsOf(text).some((specifier) => ENGINE_LIBRARY.test(specifier)))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('of federated-core need neither Node nor any package', () => {
    const sources = files.filter(({ room, isTest }) => room.name === '@starling/federated-core' && !isTest);
    expect(sources.length).toBeGreaterThan(0);
    const wrong = sources.flatMap(({ path, text }) =>
      importsOf(text)
        .filter((specifier) => !specifier.startsWith('.'))
        .map((specifier) => `${path}: '${specifier}'`),
    );
    expect(wrong).toEqual([]);
    expect([...byName.get('@starling/federated-core')!.dependencies]).toEqual([]);
  });

  test('of client and coordinator leave each other alone', () => {
    const has = (room: string, other: string): boolean =>
      byName.get(`@starling/${room}`)!.dependencies.has(`@starling/${other}`);
    expect([has('client', 'coordinator'), has('coordinator', 'client')]).toEqual([false, false]);
  });
});

describe('files', () => {
  test('open with a comment that gives their reason, or are the twin test of one that does', () => {
    const paths = new Set(files.map(({ path }) => path));
    const wrong = files
      .filter(
        ({ path }) => !paths.has(path.replace(/\.test(-d)?\.ts$/, '.ts')) || !/\.test(-d)?\.ts$/.test(path),
      )
      .filter(({ text }) => !/^(#!.*\n)?(\/\/ |\/\*)/.test(text))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test(`stay within ${MAX_LINES} lines or say why they are long`, () => {
    const wrong = files
      .filter(({ text }) => text.split('\n').length - 1 > MAX_LINES)
      .filter(({ text }) => !LENGTH_REASON.test(text.split('\n').slice(0, 12).join('\n')))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });

  test('below the edge draw no randomness and read no clock', () => {
    const wrong = files
      .filter(({ room, isTest }) => room.floor < IMPURE_FLOOR && !isTest)
      .filter(({ text }) => IMPURE.test(text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')))
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});

describe('importsOf', () => {
  test('finds static, bare, re-exporting and dynamic imports, and leaves comments alone', () => {
    const text = [
      "import { a } from 'one';",
      "import type {\n  B,\n} from 'two/deep';",
      "import 'three';",
      "export * from './four.js';",
      "const five = await import('./five.js');",
      "// import x from 'six';",
    ].join('\n');
    expect(importsOf(text).toSorted()).toEqual(['./five.js', './four.js', 'one', 'three', 'two/deep']);
    expect(packageOf('@scope/name/entry')).toBe('@scope/name');
  });
});
