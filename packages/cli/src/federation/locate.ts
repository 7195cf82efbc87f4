// Finds a federation: a path is a file of the user's, a bare name one of the simulations installed beside starling.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { oneOf, UsageError } from '../errors/usage-error.js';

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'] as const;

export interface FederationFile {
  /** Absolute path of the module that default-exports the federation. */
  readonly path: string;
  readonly isTypeScript: boolean;
}

/** Throws a `UsageError` if there is no such file or name. */
export function locateFederation(nameOrPath: string, directory: string = process.cwd()): FederationFile {
  const looksLikePath =
    /[\\/]/.test(nameOrPath) || EXTENSIONS.some((extension) => nameOrPath.endsWith(extension));
  return looksLikePath ? locateFile(nameOrPath, directory) : locateName(nameOrPath);
}

function locateFile(path: string, directory: string): FederationFile {
  const absolute = resolve(directory, path);
  if (!EXTENSIONS.some((extension) => absolute.endsWith(extension))) {
    throw new UsageError(`Cannot load a federation: need a ${oneOf(EXTENSIONS)} file, got '${path}'`);
  }
  if (!existsSync(absolute)) {
    throw new UsageError(`Cannot load a federation: need a file that exists, got '${path}'`);
  }
  return { path: absolute, isTypeScript: /ts$/.test(absolute) };
}

function locateName(name: string): FederationFile {
  const known = installedSimulations();
  const path = known.get(name);
  if (path === undefined) {
    const names = oneOf([...known.keys()]);
    throw new UsageError(
      `Cannot find a federation: need ${names}, or the path of a .ts or .js file, got '${name}'`,
    );
  }
  return { path, isTypeScript: false };
}

/** Names and built entry files of the installed `@starling/simulations`; empty when it is not there or not built. */
export function installedSimulations(): ReadonlyMap<string, string> {
  const built = simulationsFolder();
  if (built === null || !existsSync(built)) return new Map();
  return new Map(
    readdirSync(built, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => [entry.name, join(built, entry.name, 'main.js')] as const)
      .filter(([, path]) => existsSync(path))
      .sort(([left], [right]) => left.localeCompare(right)),
  );
}

function simulationsFolder(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve('@starling/simulations/package.json');
    return join(dirname(manifest), 'dist');
  } catch {
    return null;
  }
}
