// Loads a simulation: finds its file, imports it, and checks that its default export is one.
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Simulation } from '@starling/runtime';
import { UsageError } from '../usage-error.js';
import { locateSimulation } from './locate.js';

let hooksAreRegistered = false;

/** Throws a `UsageError` where there is no such simulation or the file exports something else. */
export async function loadSimulation(nameOrPath: string): Promise<Simulation> {
  const { path, isTypeScript } = locateSimulation(nameOrPath);
  if (isTypeScript && !hooksAreRegistered) {
    register('./typescript-hooks.js', import.meta.url);
    hooksAreRegistered = true;
  }
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown };
  if (!isSimulation(module.default)) {
    throw new UsageError(
      `Cannot load a simulation from ${path}: need 'export default defineSimulation({ … })', got ${describe(module.default)}`,
    );
  }
  return module.default;
}

function isSimulation(value: unknown): value is Simulation {
  return (
    typeof value === 'object' && value !== null && 'build' in value && 'options' in value && 'name' in value
  );
}

function describe(value: unknown): string {
  return value === undefined ? 'no default export' : `a default export of type ${typeof value}`;
}
