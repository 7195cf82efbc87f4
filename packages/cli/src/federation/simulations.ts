// The simulations installed beside starling, which commands take by their names.
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { oneOf, UsageError } from '../errors/usage-error.js';

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
  try {
    const manifest = createRequire(import.meta.url).resolve('@starling/simulations/package.json');
    return join(dirname(manifest), 'dist');
  } catch {
    return null;
  }
}
