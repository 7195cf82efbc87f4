// The simulations installed beside starling, which commands take by their names.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { installedPackage } from '../files/installed-packages.js';

/** Absolute path of the built module of an installed simulation; throws a `UsageError` if none has the name. */
export function locateSimulation(name: string): string {
  const known = installedSimulations();
  const path = known.get(name);
  if (path !== undefined) return path;
  const names = oneOf([...known.keys()]);
  throw new UsageError(
    `Cannot find a federation: need ${names}, or the path of a .ts or .js file, got '${name}'`,
  );
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
  const found = installedPackage('@starling/simulations', dirname(fileURLToPath(import.meta.url)));
  return found === null ? null : join(realpathSync(found.folder), 'dist');
}
