// Imports a file of the user's, TypeScript or JavaScript, wherever it lies: no build step, and Starling's own packages
// are found from everywhere.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The module's namespace; throws what its code throws, and for what it imports in vain an error that says so. */
export async function importFile(path: string): Promise<Readonly<Record<string, unknown>>> {
  prepare();
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw error instanceof SyntaxError ? await withPlace(error, path) : error;
  }
}

let isPrepared = false;

function prepare(): void {
  if (isPrepared) return;
  isPrepared = true;
  const hooks = new URL('./module-hooks.js', import.meta.url);
  // From sources, as in this package's tests, what runs them strips types itself.
  if (existsSync(hooks)) register(hooks);
}

/** Of a mistake in JavaScript Node tells the line only as it prints it. */
async function withPlace(error: SyntaxError, path: string): Promise<SyntaxError> {
  const { syntaxFault } = await import('./strip-types.js');
  return syntaxFault(path, await readFile(path, 'utf8')) ?? error;
}
