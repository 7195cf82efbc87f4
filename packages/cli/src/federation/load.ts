// Loads a federation: finds its file, imports it, and checks that its default export is one.
import { pathToFileURL } from 'node:url';
import type { Federation } from '@starling/runtime';
import { UsageError } from '../errors/usage-error.js';
import { importFile } from '../files/import-file.js';
import { locateFile, looksLikePath } from '../files/locate-file.js';
import { isFederation } from './is-federation.js';
import { locateSimulation } from './simulations.js';

/** Throws a `UsageError` if there is no such federation or the file exports something else. */
export async function loadFederation(nameOrPath: string): Promise<Federation> {
  const { path, value } = await loadDefault(nameOrPath);
  if (!isFederation(value)) {
    throw new UsageError(
      `Cannot load a federation from ${path}: need 'export default defineFederation({ … })', got ${describe(value)}`,
    );
  }
  return value;
}

/** What the file of a federation, or any other, exports by default: a path is the user's file, a name a simulation. */
export async function loadDefault(
  nameOrPath: string,
): Promise<{ readonly path: string; readonly value: unknown }> {
  const path = locateFederation(nameOrPath);
  if (!looksLikePath(nameOrPath)) {
    const { default: value } = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
    return { path, value };
  }
  const { default: value } = await importFile(path);
  return { path, value };
}

/** The absolute path of the file or simulation; throws a `UsageError` if there is none. */
export function locateFederation(nameOrPath: string): string {
  return looksLikePath(nameOrPath)
    ? locateFile('Cannot load a federation', nameOrPath)
    : locateSimulation(nameOrPath);
}

function describe(value: unknown): string {
  return value === undefined ? 'no default export' : `a default export of type ${typeof value}`;
}
