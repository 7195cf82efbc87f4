// The runs that are kept below a directory: in directories of one, as `--out` and `--state` make them, and in databases
// of many.
import { type Dirent, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStore } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { UsageError } from '../errors/usage-error.js';

/** Of a directory of one run; the second stands in where the first is gone. */
const OF_DIRECTORY = ['journal.log', 'run.log'];
const DATABASE = 'runs.db';
/** Folders that hold no runs, and may hold much else. */
const PASSED_OVER = new Set(['node_modules', '.git']);

/**
 * Directories that hold a store, `directory` itself among them, by name; `onUnread` is called with why a folder below
 * it cannot be looked into.
 */
export function storeDirectories(directory: string, onUnread: (problem: string) => void): readonly string[] {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const got = existsSync(directory) ? 'a file' : 'no such directory';
    throw new UsageError(`Cannot list runs below ${directory}: need a directory, got ${got}`);
  }
  return storesBelow(directory, onUnread);
}

function storesBelow(directory: string, onUnread: (problem: string) => void): readonly string[] {
  const entries = entriesOf(directory, onUnread);
  const isStore = entries.some(({ name }) => name === DATABASE || OF_DIRECTORY.includes(name));
  const folders = entries.filter((entry) => entry.isDirectory() && !PASSED_OVER.has(entry.name));
  const below = folders.map(({ name }) => join(directory, name)).sort();
  return [
    ...(isStore ? [directory] : []),
    ...(isStore ? [] : below.flatMap((folder) => storesBelow(folder, onUnread))),
  ];
}

/** None of a folder that somebody else keeps to themselves: those beside it are looked into all the same. */
function entriesOf(directory: string, onUnread: (problem: string) => void): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    onUnread(`Cannot list runs below ${directory}: ${(error as Error).message}`);
    return [];
  }
}

/** The store of a directory. Throws a `UsageError` if it holds none. */
export async function storeIn(directory: string): Promise<RunStore> {
  if (existsSync(join(directory, DATABASE))) {
    const { sqlStore } = await import('@starling/store/sql');
    return sqlStore(directory);
  }
  if (OF_DIRECTORY.some((name) => existsSync(join(directory, name)))) return directoryStore(directory);
  const got = existsSync(directory) ? 'a directory without one' : 'no such directory';
  throw new UsageError(`Cannot read runs of ${directory}: need one that was kept there, got ${got}`);
}

/** The run of that name, or the only one. Throws a `UsageError` if there is none, or a name is needed. */
export async function runIn(store: RunStore, wanted: string | undefined): Promise<string> {
  const names = (await store.list()).map(({ run }) => run);
  if (wanted === undefined && names.length === 1) return names[0]!;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const need = names.length === 0 ? 'a run' : `--run with one of ${names.join(', ')}`;
  throw new UsageError(`Cannot read a run of ${store.name}: need ${need}, got ${wanted ?? 'none'}`);
}
