// Loads a simulation: finds its file, imports it, and checks that its default export is one.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Simulation } from '@starling/runtime';
import { UsageError } from '../errors/usage-error.js';
import { locateSimulation } from './locate.js';

let hooksAreRegistered = false;

/** Throws a `UsageError` where there is no such simulation or the file exports something else. */
export async function loadSimulation(nameOrPath: string): Promise<Simulation> {
  const { path, value } = await loadDefault(nameOrPath);
  if (!isSimulation(value)) {
    throw new UsageError(
      `Cannot load a simulation from ${path}: need 'export default defineSimulation({ … })', got ${describe(value)}`,
    );
  }
  return value;
}

/** What the file of a simulation, or any other, exports by default. */
export async function loadDefault(
  nameOrPath: string,
): Promise<{ readonly path: string; readonly value: unknown }> {
  const { path, isTypeScript } = locateSimulation(nameOrPath);
  if (isTypeScript && !hooksAreRegistered) {
    register('./typescript-hooks.js', import.meta.url);
    hooksAreRegistered = true;
  }
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  return { path, value: module.default };
}

function isSimulation(value: unknown): value is Simulation {
  return (
    typeof value === 'object' && value !== null && 'build' in value && 'options' in value && 'name' in value
  );
}

function describe(value: unknown): string {
  return value === undefined ? 'no default export' : `a default export of type ${typeof value}`;
}
