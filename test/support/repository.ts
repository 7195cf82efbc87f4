// Reads the repository as the architecture tests see it: its rooms, source files, imports and documents.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A workspace package: one room of ARCHITECTURE.md. */
export interface Room {
  readonly name: string;
  /** Relative to the repository's root. */
  readonly folder: string;
  readonly floor: number;
  readonly dependencies: ReadonlySet<string>;
  /** Names under which other rooms may import it: its package name, `name/entry` for further ones; `*` is any text. */
  readonly entries: readonly string[];
  /** Names of its own for packages, such as `#tfjs-core`, and what stands for them where nothing else is said. */
  readonly aliases: ReadonlyMap<string, string>;
  /** The folders of its sources from the lowest to the highest, when its package.json lists them. */
  readonly folders?: readonly string[];
}

export interface SourceFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly room: Room;
  readonly text: string;
  /** A test, what only tests use (`testing/`), or a contract suite that tests of other rooms call. */
  readonly isTest: boolean;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  /** What is published. */
  readonly files?: readonly string[];
  readonly starling?: { readonly floor?: number; readonly folders?: readonly string[] };
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, { readonly default: string }>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The nearest folder above this file that holds the workspaces; the same from `test/` and from `test/dist/`. */
export const root = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return folder;
})();

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readText(join(folder, 'package.json'))) as Manifest;
}

/** Every room, from the package.json files of the workspaces. */
export function rooms(): readonly Room[] {
  const folders = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
  return [...folders, 'simulations', 'test']
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = readManifest(folder);
      return {
        name: manifest.name,
        folder,
        floor: manifest.starling?.floor ?? Number.NaN,
        ...(manifest.starling?.folders === undefined ? {} : { folders: manifest.starling.folders }),
        dependencies: new Set(
          Object.keys({
            ...manifest.dependencies,
            ...manifest.optionalDependencies,
            ...manifest.devDependencies,
          }),
        ),
        entries: Object.keys(manifest.exports ?? { '.': null }).map(
          (entry) => manifest.name + entry.slice(1),
        ),
        aliases: new Map(
          Object.entries(manifest.imports ?? {}).map(([alias, target]) => [alias, target.default]),
        ),
      };
    });
}

/** Files that git tracks or would track, by extension: what a fresh clone holds. */
export function trackedFiles(...extensions: readonly string[]): readonly string[] {
  const listing = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listing
    .split('\0')
    .filter((path) => extensions.some((extension) => path.endsWith(extension)))
    .filter((path) => existsSync(join(root, path)));
}

/** Files that `starling new` copies: a user's own, who imports packages by their names. */
const TEMPLATE = 'packages/cli/template/';

/** Every source file of every room. */
export function sourceFiles(): readonly SourceFile[] {
  const all = rooms();
  return trackedFiles('.ts', '.tsx', '.js', '.mjs').flatMap((path) => {
    const room = all.find((candidate) => !relative(candidate.folder, path).startsWith('..'));
    if (room === undefined || path.startsWith(TEMPLATE)) return [];
    const isTest = /\.test(-d)?\.ts$|\/contract(\/.+)?\.ts$|\/testing\//.test(path) || room.folder === 'test';
    return [{ path, room, text: readText(path), isTest }];
  });
}

/** The specifiers that a file imports or re-exports, static and dynamic. */
export function importsOf(text: string): readonly string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const statement = /^\s*(?:import|export)\b[^'"`;=]*?\bfrom\s*['"]([^'"]+)['"]/gm;
  const bare = /^\s*import\s*['"]([^'"]+)['"]/gm;
  const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [statement, bare, dynamic].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1] as string),
  );
}

/** The package that a specifier names: `@scope/name` or `name`, without the path inside it. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
