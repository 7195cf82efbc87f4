// The names that a module of TypeScript exports, types included, read from its text and that of what it re-exports.
import { dirname, join } from 'node:path';

export interface ExportedName {
  readonly name: string;
  /** Whether it is a type alone, which no program sees when it runs. */
  readonly isType: boolean;
  /** The file that declares it, and what it is called there. */
  readonly origin: string;
}

const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:async )?(function\*?|const|let|class|interface|type|namespace) (\w+)/gm;
const LIST = /^export (type )?\{([^}]*)\}(?: from '([^']*)')?/gm;
const STAR = /^export (?:type )?\* from '([^']*)'/gm;

/** In alphabetical order, each once. `read` gives the text of a file; throws when a re-exported file is not there. */
export function exportedNames(path: string, read: (path: string) => string): readonly ExportedName[] {
  const found = new Map<string, ExportedName>();
  const text = read(path);
  for (const [, keyword, name = ''] of text.matchAll(DECLARATION)) {
    const isType = keyword === 'interface' || keyword === 'type';
    found.set(name, { name, isType: isType && found.get(name)?.isType !== false, origin: `${path} ${name}` });
  }
  for (const [, onlyTypes, list, specifier] of text.matchAll(LIST)) {
    const source = specifier === undefined ? path : sourceOf(path, specifier);
    const declared = specifier?.startsWith('.') === true ? exportedNames(source, read) : [];
    for (const item of list!.split(',').map((one) => one.trim())) {
      const [, type, before, name] = /^(type )?(?:(\w+) as )?(\w+)$/.exec(item) ?? [];
      if (name === undefined) continue;
      const { origin } = declared.find((one) => one.name === (before ?? name)) ?? {
        origin: `${source} ${before ?? name}`,
      };
      found.set(name, { name, isType: onlyTypes !== undefined || type !== undefined, origin });
    }
  }
  for (const [, specifier] of text.matchAll(STAR)) {
    for (const one of exportedNames(sourceOf(path, specifier!), read)) found.set(one.name, one);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function sourceOf(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return join(dirname(path), specifier).replace(/\.js$/, '.ts');
}
