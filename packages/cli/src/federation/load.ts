// Loads a federation: finds its file, imports it, and checks that its default export is one.
import { pathToFileURL } from 'node:url';
import type { Federation } from '@starling/runtime';
import { UsageError } from '../errors/usage-error.js';
import { importFile } from '../files/import-file.js';
import { locateFile, looksLikePath } from '../files/locate-file.js';
import { isTables } from './is-tables.js';
import { locateSimulation } from './simulations.js';

export interface LoadedFile {
  readonly path: string;
  /** Its default export. */
  readonly value: unknown;
}

/** The user's file at a path, or the simulation of a name. Throws a `UsageError` if there is neither. */
export async function loadFile(nameOrPath: string): Promise<LoadedFile> {
  const path = locateFederation(nameOrPath);
  const namespace = looksLikePath(nameOrPath) ? importFile(path) : import(pathToFileURL(path).href);
  const { default: value } = (await namespace) as { readonly default?: unknown };
  return { path, value };
}

/** The federation that a file exports; throws a `UsageError` if it exports something else. */
export async function federationOf({ path, value }: LoadedFile): Promise<Federation> {
  if (isPipelineFile(value)) return value.federation;
  if (isFederation(value)) return value;
  if (isTables(value)) {
    const { tablesFederation } = await import('./tables-federation.js');
    return tablesFederation(value);
  }
  const got = value === undefined ? 'no default export' : `a default export of type ${typeof value}`;
  throw new UsageError(
    `Cannot load a federation from ${path}: need 'export default defineFederation({ … })', got ${got}`,
  );
}

/** A pipeline has a federation for the clients that join it; told by its form, so that it need not be loaded. */
function isPipelineFile(value: unknown): value is { readonly federation: Federation } {
  return (
    typeof value === 'object' && value !== null && 'federation' in value && isFederation(value.federation)
  );
}

export function isFederation(value: unknown): value is Federation {
  return (
    typeof value === 'object' && value !== null && 'build' in value && 'options' in value && 'name' in value
  );
}

/** The absolute path of the file or simulation; throws a `UsageError` if there is none. */
export function locateFederation(nameOrPath: string): string {
  return looksLikePath(nameOrPath)
    ? locateFile('Cannot load a federation', nameOrPath)
    : locateSimulation(nameOrPath);
}
