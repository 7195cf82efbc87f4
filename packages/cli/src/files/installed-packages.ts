// Packages where Node would find them from a file, read off the disk: also of those that show no package.json.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface InstalledPackage {
  /** Where its package.json lies. */
  readonly folder: string;
  readonly manifest: PackageManifest;
}

export interface PackageManifest {
  readonly version?: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly types?: string;
  readonly exports?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The package `name` as a file in `folder` would import it; `null` if none is installed there or above. */
export function installedPackage(name: string, folder: string): InstalledPackage | null {
  const found = join(folder, 'node_modules', name);
  if (existsSync(join(found, 'package.json'))) return { folder: found, manifest: manifestIn(found) };
  const parent = dirname(folder);
  return parent === folder ? null : installedPackage(name, parent);
}

export function manifestIn(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest;
}

/** The files of declarations by what is imported, such as `@starling/runtime/events`; `*` stands for a part of both. */
export function declarationsOf(
  name: string,
  { folder, manifest }: InstalledPackage,
): ReadonlyMap<string, string> {
  const { exports, types } = manifest;
  const entries =
    typeof exports === 'object' && exports !== null && '.' in exports
      ? Object.entries(exports).map(([entry, target]) => [entry, declarationsIn(target)] as const)
      : [['.', declarationsIn(exports) ?? types ?? null] as const];
  return new Map(
    entries.flatMap(([entry, file]) => (file === null ? [] : [[name + entry.slice(1), join(folder, file)]])),
  );
}

/** What a target of exports says of types: a path of declarations, or conditions of which one leads to it. */
function declarationsIn(target: unknown): string | null {
  if (typeof target === 'string') return /\.d\.[cm]?ts$/.test(target) ? target : null;
  if (typeof target !== 'object' || target === null) return null;
  const { types, import: imported, default: usual } = target as Readonly<Record<string, unknown>>;
  return declarationsIn(types) ?? declarationsIn(imported) ?? declarationsIn(usual);
}
