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
/** `export const { a, b: c } = …`. */
const TAKEN_APART = /^export (?:const|let) \{([^}]*)\}/gm;
const LIST = /^export (type )?\{([^}]*)\}(?: from '([^']*)')?/gm;
const STAR = /^export (?:type )?\* from '([^']*)'/gm;
const STAR_AS = /^export (type )?\* as (\w+) from '([^']*)'/gm;
/** Others are not read, and none is passed over. */
const UNREAD = /^export (?:default|enum|=|(?:const|let) \[).*$/m;

/**
 * In alphabetical order, each once. `read` gives the text of a file; throws when a re-exported file is not there, and
 * for an export that cannot be read.
 */
export function exportedNames(path: string, read: (path: string) => string): readonly ExportedName[] {
  const found = new Map<string, ExportedName>();
  const text = read(path);
  const unread = UNREAD.exec(text);
  if (unread !== null) {
    throw new Error(`Cannot list the names of ${path}: need exports with names, got '${unread[0]}'`);
  }
  for (const [, keyword, name = ''] of text.matchAll(DECLARATION)) {
    const isType = keyword === 'interface' || keyword === 'type';
    found.set(name, { name, isType: isType && found.get(name)?.isType !== false, origin: `${path} ${name}` });
  }
  for (const [, list] of text.matchAll(TAKEN_APART)) {
    for (const item of list!.split(',')) {
      const name = /(\w+)\s*(?:=[^,]*)?$/.exec(item.trim())?.[1];
      if (name !== undefined) found.set(name, { name, isType: false, origin: `${path} ${name}` });
    }
  }
  for (const [, onlyTypes, name = '', specifier] of text.matchAll(STAR_AS)) {
    found.set(name, { name, isType: onlyTypes !== undefined, origin: `${sourceOf(path, specifier!)} *` });
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
