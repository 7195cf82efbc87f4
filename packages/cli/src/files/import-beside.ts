// The packages that a user's file imports, which may be another copy than the command's own: what watches a body must
// be of the copy that captured it.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The package that `file` would import as `specifier`; the command's own, if there is none where the file lies. */
export async function importBeside<T>(file: string, specifier: string, own: () => Promise<T>): Promise<T> {
  let path: string;
  try {
    path = createRequire(file).resolve(specifier);
  } catch {
    return own();
  }
  return (await import(pathToFileURL(path).href)) as T;
}
