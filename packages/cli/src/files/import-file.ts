// Imports a file of the user's, TypeScript or JavaScript, wherever it lies: no build step, and Starling's own packages
// are found from everywhere.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

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

/** Of a mistake in JavaScript Node tells the line only as it prints it; a name that is not exported has its line. */
async function withPlace(error: SyntaxError, path: string): Promise<Error> {
  const missing = await missingExport(error);
  if (missing !== null) return missing;
  const { nodeFault, syntaxFault } = await import('./strip-types.js');
  const source = await readFile(path, 'utf8');
  return syntaxFault(path, source) ?? nodeFault(path, source) ?? error;
}

/** Node's error of an import that its module does not have, in words, with what was meant; `null` of other errors. */
async function missingExport({ message, stack = '' }: SyntaxError): Promise<Error | null> {
  const [, specifier, name] =
    /requested module '(.+)' does not provide an export named '(.+)'/.exec(message) ?? [];
  const [, file, line] = /^(file:\/\/\/\S+):(\d+)\n/.exec(stack) ?? [];
  if (specifier === undefined || name === undefined || file === undefined) return null;
  const { didYouMean } = await import('@starling/federated-core/plan');
  const exported = await import(specifier.startsWith('.') ? new URL(specifier, file).href : specifier).then(
    (namespace: object) => Object.keys(namespace),
    () => [],
  );
  const near = didYouMean(name, exported);
  const advice = near === '' ? `. If it is a type, write import type { ${name} }` : near;
  const path = fileURLToPath(file);
  const column = (await readFile(path, 'utf8')).split('\n')[Number(line) - 1]?.indexOf(name) ?? 0;
  return new Error(
    `Cannot load ${path}: need what '${specifier}' exports, got '${name}'${advice}\n    at ${path}:${line}:${column + 1}`,
  );
}
