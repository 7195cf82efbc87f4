// Loads a federation: finds its file, imports it, and checks that its default export is one.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Federation } from '@starling/runtime';
import { UsageError } from '../errors/usage-error.js';
import { locateFederation } from './locate.js';

let hooksAreRegistered = false;

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

/** What the file of a federation, or any other, exports by default. */
export async function loadDefault(
  nameOrPath: string,
): Promise<{ readonly path: string; readonly value: unknown }> {
  const { path, isTypeScript } = locateFederation(nameOrPath);
  if (isTypeScript && !hooksAreRegistered) {
    register('./typescript-hooks.js', import.meta.url);
    hooksAreRegistered = true;
  }
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  return { path, value: module.default };
}

function isFederation(value: unknown): value is Federation {
  return (
    typeof value === 'object' && value !== null && 'build' in value && 'options' in value && 'name' in value
  );
}

function describe(value: unknown): string {
  return value === undefined ? 'no default export' : `a default export of type ${typeof value}`;
}
