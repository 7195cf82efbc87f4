// What loading an entry loads: every import line below it is followed, from the sources, types left out.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageOf, readManifest, readText, rooms } from './repository.js';

export interface Loaded {
  /** The modules of this repository, relative to its root. */
  readonly modules: ReadonlySet<string>;
  /**
   * Packages, entries of packages and built-in modules, each with a module that asks for it; of Starling's packages
   * the names alone, since their modules are followed.
   */
  readonly outside: ReadonlyMap<string, string>;
}

/**
 * `entry` is one of a room, such as `@starling/plan/runner`, or a path of a source. `later`: also what is imported only
 * once it is needed, by `import('…')`.
 */
export function loadedBy(entry: string, { later = false } = {}): Loaded {
  const outside = new Map<string, string>();
  const modules = new Set<string>();
  const visit = (path: string): void => {
    if (modules.has(path)) return;
    modules.add(path);
    const text = readText(path);
    for (const specifier of [...valueImports(text), ...(later ? laterImports(text) : [])]) {
      const source = specifier.startsWith('.')
        ? join(dirname(path), specifier.replace(/\.js$/, '.ts'))
        : sources.get(specifier);
      if (specifier.startsWith('@starling/')) outside.set(packageOf(specifier), path);
      if (source !== undefined && existsSync(source)) visit(source);
      else outside.set(aliases.get(specifier) ?? specifier, path);
    }
  };
  visit(sources.get(entry) ?? entry);
  return { modules, outside };
}

/** The sources of all entries, such as that of `@starling/plan/safetensors`. */
const sources: ReadonlyMap<string, string> = new Map(
  rooms().flatMap(({ name, folder }) =>
    Object.entries(readManifest(folder).exports ?? {}).flatMap(([entry, target]) => {
      const source = (target as { readonly 'starling-source'?: string })['starling-source'];
      return source === undefined ? [] : [[name + entry.slice(1), join(folder, source)] as const];
    }),
  ),
);

/** What stands for a package's own names for others, such as `#tfjs-core`. */
const aliases = new Map(rooms().flatMap((room) => [...room.aliases]));

/** The specifiers of what a module imports or exports again, except types. */
function valueImports(text: string): readonly string[] {
  const statement = /^(?:import|export)\s+(?!type\b)([^'";]*?)\s*from\s*'([^']+)'/gm;
  const named = [...text.matchAll(statement)].flatMap(([, what = '', specifier = '']) => {
    const names = /^\{([^}]*)\}$/.exec(what.trim())?.[1]?.split(',') ?? ['*'];
    const onlyTypes = names.every((name) => name.trim() === '' || name.trim().startsWith('type '));
    return onlyTypes ? [] : [specifier];
  });
  return [...named, ...[...text.matchAll(/^import\s*'([^']+)'/gm)].map((match) => match[1] as string)];
}

/** Those of `import('…')`, except where a type is asked for. */
function laterImports(text: string): readonly string[] {
  return [...text.matchAll(/(?<!typeof )\bimport\('([^']+)'\)/g)].map((match) => match[1] as string);
}
