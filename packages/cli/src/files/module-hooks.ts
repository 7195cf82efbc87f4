// Module hooks that let Node import a user's file as a TypeScript user means it. Registered by import-file.ts; they run
// on Node's hooks thread.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installedPackage } from './installed-packages.js';
import { neededPackage } from './needed-package.js';
import { stripTypes } from './strip-types.js';

const TYPESCRIPT = /\.m?ts$/;
const RELATIVE = /^\.{0,2}\//;

/**
 * Resolves as Node does; then `./x.js` and `./x` may be `./x.ts`, and a package that is not installed beside the user's
 * file is looked for beside starling itself. Throws an error that names the user's file and line.
 */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const { parentURL } = context; // Node writes to the context
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    if (specifier.startsWith('file:')) throw error;
    const candidates = RELATIVE.test(specifier)
      ? sourcesOf(specifier).map((file) => [file, parentURL] as const)
      : [[specifier, import.meta.url] as const];
    for (const [candidate, from] of candidates) {
      try {
        return await nextResolve(candidate, { ...context, parentURL: from });
      } catch {
        // The next one may be meant.
      }
    }
    throw isMissing(error) ? missing(specifier, parentURL, error) : error;
  }
};

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!url.startsWith('file:') || !TYPESCRIPT.test(url)) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const source = await readFile(path, 'utf8');
  return { format: 'module', shortCircuit: true, source: stripTypes(path, source) };
};

/** The files of TypeScript that may be meant by a relative path. */
function sourcesOf(specifier: string): readonly string[] {
  if (/\.m?js$/.test(specifier)) return [specifier.replace(/js$/, 'ts')];
  return [`${specifier}.ts`, `${specifier}/index.ts`];
}

function isMissing(error: unknown): error is NodeJS.ErrnoException {
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return (
    code === 'ERR_MODULE_NOT_FOUND' ||
    code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ||
    code === 'ERR_UNSUPPORTED_DIR_IMPORT'
  );
}

/** Node's error in the user's terms; as it is where an installed package asked, which may well do without. */
function missing(
  specifier: string,
  parent: string | undefined,
  { code, message }: NodeJS.ErrnoException,
): Error {
  if (parent === undefined || !parent.startsWith('file:') || parent.includes('/node_modules/')) {
    return Object.assign(new Error(message), { code });
  }
  const file = fileURLToPath(parent);
  const need = RELATIVE.test(specifier)
    ? `the file '${specifier}', which it imports, got none`
    : neededPackage(specifier, (name) =>
        [file, fileURLToPath(import.meta.url)].some((from) => installedPackage(name, dirname(from)) !== null),
      );
  return Object.assign(new Error(`Cannot load ${file}: need ${need}\n    at ${placeIn(file, specifier)}`), {
    code,
  });
}

/** Where a file names what it imports. */
function placeIn(file: string, specifier: string): string {
  const before =
    readFileSync(file, 'utf8').split(new RegExp(`(?<=['"\`])${escaped(specifier)}(?=['"\`])`))[0] ?? '';
  const lines = before.split('\n');
  return `${file}:${lines.length}:${lines.at(-1)!.length}`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
