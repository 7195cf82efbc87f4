// Module hooks that let Node 20 import a user's .ts federation: types are stripped in place (amaro, the stripper
// that Node 22 ships), so that lines and columns stay those of the user's file. Registered by load.ts only when
// a .ts file is asked for; runs on Node's hooks thread.
import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'amaro';

const TYPESCRIPT = /\.m?ts$/;

/**
 * Resolves as Node does, then tries what a TypeScript user means: `./x.js` may be `./x.ts`, and a package that is
 * not installed beside the user's file is looked for beside starling itself.
 */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    const isRelative = /^\.{0,2}\//.test(specifier) || specifier.startsWith('file:');
    if (isRelative && /\.m?js$/.test(specifier)) {
      return nextResolve(specifier.replace(/js$/, 'ts'), context);
    }
    if (isRelative || context.parentURL === import.meta.url) throw error;
    return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  }
};

export const load: LoadHook = async (url, context, nextLoad) => {
  if (!url.startsWith('file:') || !TYPESCRIPT.test(url)) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const source = await readFile(path, 'utf8');
  return { format: 'module', shortCircuit: true, source: stripTypes(path, source) };
};

function stripTypes(path: string, source: string): string {
  try {
    return transformSync(source, { mode: 'strip-only' }).code;
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read ${path}: need TypeScript that only adds types (no enum, namespace or parameter property)`,
      { cause },
    );
  }
}
