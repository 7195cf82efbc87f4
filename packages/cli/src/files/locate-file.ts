// A file of the user's by its path: what commands load, run and check.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { oneOf, UsageError } from '../errors/usage-error.js';

const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs'] as const;

/** Whether text means a file rather than a name. */
export function looksLikePath(text: string): boolean {
  return /[\\/]/.test(text) || looksLikeModule(text);
}

/** Whether it is a file of code by its name. */
export function looksLikeModule(text: string): boolean {
  return EXTENSIONS.some((extension) => text.endsWith(extension));
}

/** The absolute path; throws a `UsageError` that opens with `action` if there is no such file, or of another ending. */
export function locateFile(action: string, path: string, extensions: readonly string[] = EXTENSIONS): string {
  const absolute = resolve(path);
  if (!extensions.some((extension) => absolute.endsWith(extension))) {
    throw new UsageError(`${action}: need a ${oneOf(extensions)} file, got '${path}'`);
  }
  if (!existsSync(absolute)) throw new UsageError(`${action}: need a file that exists, got '${path}'`);
  if (!statSync(absolute).isFile())
    throw new UsageError(`${action}: need a file, got the directory '${path}'`);
  return absolute;
}
