// What an entry loads: a worker on the onnx engine no tf.js and no schemas, a client's or coordinator's plan and wire
// nothing that only Node has. Every import line below an entry is followed, types and imports at run time left out.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageOf, rooms, root } from './support/repository.js';

const sources = new Map(
  rooms().flatMap(({ name, folder }) => {
    const { exports = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      readonly exports?: Readonly<Record<string, { readonly 'starling-source'?: string }>>;
    };
    return Object.entries(exports).flatMap(([entry, { 'starling-source': source }]) =>
      source === undefined ? [] : [[name + entry.slice(1), join(root, folder, source)] as const],
    );
  }),
);

/** What stands for a package's own names for others, such as `#tfjs-core`. */
const aliases = new Map(rooms().flatMap((room) => [...room.aliases]));

/** The specifiers of what a file imports or exports again, except types. */
function valueImports(text: string): readonly string[] {
  const statement = /^(?:import|export)\s+(?!type\b)([^'";]*?)\s*from\s*'([^']+)'/gm;
  const named = [...text.matchAll(statement)].flatMap(([, what = '', specifier = '']) => {
    const names = /^\{([^}]*)\}$/.exec(what.trim())?.[1]?.split(',') ?? ['*'];
    const onlyTypes = names.every((name) => name.trim() === '' || name.trim().startsWith('type '));
    return onlyTypes ? [] : [specifier];
  });
  return [...named, ...[...text.matchAll(/^import\s*'([^']+)'/gm)].map((match) => match[1] as string)];
}

/**
 * Packages and built-in modules that loading `entry`, an entry or a path, loads, each with the file that asks for it.
 */
function loadedBy(entry: string): ReadonlyMap<string, string> {
  const outside = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const specifier of valueImports(readFileSync(file, 'utf8'))) {
      const source = specifier.startsWith('.')
        ? join(dirname(file), specifier.replace(/\.js$/, '.ts'))
        : sources.get(specifier);
      if (specifier.startsWith('@starling/')) outside.set(packageOf(specifier), file);
      if (source !== undefined && existsSync(source)) visit(source);
      else {
        const name = aliases.get(specifier) ?? specifier;
        outside.set(name.startsWith('node:') ? name : packageOf(name), file);
      }
    }
  };
  visit(sources.get(entry) ?? join(root, entry));
  return outside;
}

const matching = (entry: string, pattern: RegExp): readonly string[] =>
  [...loadedBy(entry)].filter(([name]) => pattern.test(name)).map(([name, file]) => `${name} by ${file}`);

describe('the command line', () => {
  // Help and mistakes are answered before anything is loaded that runs or shows a run.
  test('loads names of engines at its start, and nothing else of Starling', () => {
    expect(matching('packages/cli/src/commands/program.ts', /^@starling|^listr2$|^zod$/)).toEqual([
      expect.stringMatching(/^@starling\/runtime by .*options\.ts$/),
    ]);
  });
});

describe('entries', () => {
  test.each([
    '@starling/compute/onnx',
    '@starling/compute/memory',
    '@starling/compute/engine',
    '@starling/plan',
    'packages/runtime/src/threads/workers/worker.ts',
  ])('%s load no tf.js', (entry) => {
    expect(matching(entry, /^@tensorflow\//)).toEqual([]);
  });

  // A worker thread starts sooner for it: schemas are more modules than all of the worker's own.
  test.each(['@starling/plan/runner', 'packages/runtime/src/threads/workers/worker.ts'])(
    '%s load neither schemas nor hashes',
    (entry) => {
      expect(matching(entry, /^zod$|^@noble\/hashes$/)).toEqual([]);
    },
  );

  test('`@starling/compute` loads tf.js, as this walk sees', () => {
    expect(matching('@starling/compute', /^@tensorflow\//)).not.toEqual([]);
  });

  test.each([
    '@starling/federated-core',
    '@starling/federated-core/plan',
    '@starling/onnx',
    '@starling/onnx/machine',
    '@starling/plan',
    '@starling/plan/runner',
    '@starling/rounds',
    '@starling/store',
    '@starling/wire',
  ])('%s load nothing of Node', (entry) => {
    expect(matching(entry, /^node:|^ws$|^pino$/)).toEqual([]);
  });
});
