// Type-checks files of the user's with the TypeScript that is installed, as they will be loaded: against the template,
// wherever they lie. The compiler runs as a process of its own, since only its command is the same in all versions.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../errors/usage-error.js';
import { codeFrame } from './code-frame.js';
import { declarationsOf, type InstalledPackage, installedPackage, manifestIn } from './installed-packages.js';

/** The first that has all options of the template. */
const OLDEST_TYPESCRIPT = [5, 8] as const;

const own = fileURLToPath(new URL('../..', import.meta.url));
const template = join(own, 'tsconfig.template.json');

/**
 * The mistakes of the files and of what they import, each `file:line:column: error TS…: …`, relative to the current
 * folder. Throws a `UsageError` if no TypeScript is installed, or one that is too old.
 */
export function checkTypes(files: readonly string[]): readonly string[] {
  const folder = dirname(files[0] as string);
  const compiler = compilerFor(folder);
  const temporary = mkdtempSync(join(tmpdir(), 'starling-check-'));
  try {
    const config = join(temporary, 'tsconfig.json');
    writeFileSync(config, JSON.stringify(configFor(files, folder)));
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [compiler, '-p', config, '--pretty', 'false'],
      {
        encoding: 'utf8',
        maxBuffer: MAX_OUTPUT_BYTES,
      },
    );
    if (status === 0) return [];
    const mistakes = stdout.split(/\n(?! )/).filter((line) => line.trim() !== '');
    if (mistakes.length > 0) return mistakes.map(placed);
    throw new Error(`Cannot check types: need the mistakes that TypeScript found, got none: ${stderr}`);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

const MAX_OUTPUT_BYTES = 2 ** 26;

/** `…(3,5): error` as `…:3:5: error`, which terminals and editors take for a place; and below it the line of code. */
function placed(mistake: string): string {
  const [head, file, line, column] = /^(.+?)\((\d+),(\d+)\): /.exec(mistake) ?? [];
  if (head === undefined || file === undefined) return mistake;
  const code = readFileSync(file, 'utf8').split(/\r?\n/)[Number(line) - 1] ?? '';
  return `${file}:${line}:${column}: ${mistake.slice(head.length)}\n${codeFrame(code, Number(column))}`;
}

/** The compiler's script: the one beside the files, or else beside starling. */
function compilerFor(folder: string): string {
  const found = nearest('typescript', folder);
  if (found === null || nearest('@types/node', folder) === null) {
    const missing = found === null ? 'typescript' : '@types/node';
    throw new UsageError(
      `Cannot check types: need the packages typescript and @types/node, got no ${missing}; run 'npm install --save-dev typescript @types/node'`,
    );
  }
  const { version = '0', bin } = found.manifest;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_TYPESCRIPT;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new UsageError(
      `Cannot check types: need TypeScript ${OLDEST_TYPESCRIPT.join('.')} or later, got ${version} in ${found.folder}`,
    );
  }
  return join(found.folder, (typeof bin === 'object' ? bin['tsc'] : bin) ?? 'bin/tsc');
}

/** A package beside the files, or else beside starling. */
function nearest(name: string, folder: string): InstalledPackage | null {
  return installedPackage(name, folder) ?? installedPackage(name, own);
}

/** The template for these files; what is installed beside starling alone is found there, as it is when they run. */
function configFor(files: readonly string[], folder: string): unknown {
  const paths = broughtAlong().flatMap((name) => {
    const brought = installedPackage(name, folder) === null ? installedPackage(name, own) : null;
    return brought === null ? [] : [...declarationsOf(name, brought)];
  });
  return {
    extends: template,
    compilerOptions: {
      typeRoots: [dirname((nearest('@types/node', folder) as InstalledPackage).folder)],
      paths: Object.fromEntries(paths.map(([name, file]) => [name, [file]])),
    },
    files,
  };
}

/** What starling depends on, and the other packages of Starling's that lie beside those. */
function broughtAlong(): readonly string[] {
  const names = Object.keys(manifestIn(own).dependencies ?? {});
  const scoped = names.find((name) => name.startsWith(SCOPE));
  const scope = scoped === undefined ? null : installedPackage(scoped, own);
  const others = scope === null ? [] : readdirSync(dirname(scope.folder)).map((name) => SCOPE + name);
  return [...new Set([...names, ...others])];
}

const SCOPE = '@starling/';
