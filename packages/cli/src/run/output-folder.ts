// `--out DIR`: the run as files. The round loop commits it there, the record is written along; the report is made from
// the record when the run ends, however it does.
import { existsSync, mkdtempSync, readdirSync, rmdirSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RunObserver } from '@starling/runtime/events';
import { RECORD_FILE, readRecord } from '@starling/runtime/record';
import { type OpenRun, type RunStore, StoreDamagedError, StoreFormatError } from '@starling/store';
import { directoryStore } from '@starling/store/directory';
import { UsageError } from '../errors/usage-error.js';
import { renderReport } from '../report/report.js';

const REPORT = 'report.html';
/**
 * What a run writes there, or did in an earlier version (`best-…`); `.partial` is left where a crash came while it was
 * written.
 */
const OF_RUN: readonly RegExp[] = [
  /^(?:round|best)-\d+\.safetensors(\.partial)?$/,
  /^(?:journal|run)\.log(\.partial)?$/,
  new RegExp(`^${RECORD_FILE.replace('.', '\\.')}(\\.partial)?$`),
  /^report\.html$/,
];

export function reportPath(directory: string): string {
  return join(directory, REPORT);
}

/** The file of the state after a round: the best one, or the last one. */
export function statePath(directory: string, round: number): string {
  return join(directory, `round-${String(round).padStart(8, '0')}.safetensors`);
}

/** Where the clients of a simulation keep what they keep. */
export function clientStatesPath(directory: string): string {
  return join(directory, 'client-states');
}

/** The store of `--out`; without `--resume` one that refuses, by a `UsageError`, a directory that holds rounds. */
export function outputStore(directory: string, resume: boolean): RunStore {
  const store = directoryStore(directory);
  if (resume) return store;
  let isOurs = false; // a run whose server dies, as its faults say, is opened again
  return {
    ...store,
    async open(run): Promise<OpenRun> {
      const open = await store.open(run);
      const { state } = open.found ?? { state: null };
      if (isOurs || state === null) {
        isOurs = true;
        return open;
      }
      await open.close();
      throw notFresh(directory);
    },
  };
}

/** Throws a `UsageError` if the directory holds an earlier run's rounds: they are not overwritten unasked. */
export async function requireFresh(directory: string): Promise<void> {
  const [run] = await directoryStore(directory).list();
  if (run !== undefined && run.rounds > 0) throw notFresh(directory);
}

function notFresh(directory: string): UsageError {
  return new UsageError(
    `Cannot start a run in ${directory}: need a directory without one, got an earlier run; add --resume to continue with it`,
  );
}

/**
 * Throws a `UsageError` if the directory cannot be, as it or one around it is a file, and an `Error` if nothing can be
 * written there.
 */
export function requireFolder(directory: string): void {
  let path = resolve(directory);
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path);
  if (statSync(path).isDirectory()) {
    tryToWrite(directory, path);
    return;
  }
  throw new UsageError(
    `Cannot keep the run in ${directory}: need a directory, got ${path === resolve(directory) ? 'a file' : `the file ${path} where one should be`}`,
  );
}

/** By writing: rights alone do not say that a disk takes folders, as one that shows a kernel's state does not. */
function tryToWrite(directory: string, existing: string): void {
  try {
    rmdirSync(mkdtempSync(join(existing, '.starling-')));
  } catch (cause) {
    const { code = 'an error' } = cause as NodeJS.ErrnoException;
    const where = existing === resolve(directory) ? '' : ` in ${existing}`;
    throw new Error(
      `Cannot keep the run in ${directory}: need a directory that can be written to, got ${code} for a new one${where}`,
    );
  }
}

/** Deletes what an earlier run wrote, and nothing else. Throws a `StoreLockedError` if that run is still running. */
export async function clearRun(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const unlock = await locked(directory);
  for (const name of readdirSync(directory)) {
    if (OF_RUN.some((file) => file.test(name))) await rm(join(directory, name));
  }
  await rm(clientStatesPath(directory), { recursive: true, force: true });
  await unlock();
}

/** What is damaged, or of another version, is deleted as well. */
async function locked(directory: string): Promise<() => Promise<void>> {
  try {
    const store = directoryStore(directory);
    const [found] = await store.list();
    const open = await store.open(found?.run ?? 'none');
    return () => open.close();
  } catch (error) {
    if (!(error instanceof StoreDamagedError || error instanceof StoreFormatError)) throw error;
    return async () => {};
  }
}

/**
 * Writes the report when the run has ended; of one that ended before it had a record, nothing. `describeClients` gives
 * the picture of its clients, or null.
 */
export function outputFolder(
  directory: string,
  describeClients: () => Promise<string | null> = async () => null,
): RunObserver {
  const writeReport = async (): Promise<void> => {
    const lines = (await readRecord(directory)) ?? [];
    if (lines.length === 0) return;
    await writeFile(join(directory, REPORT), renderReport(lines, await describeClients()));
  };
  let hasBegun = false;
  return {
    record({ type }) {
      hasBegun ||= type === 'run'; // a run that is refused leaves the folder as it was
    },
    finished: writeReport,
    async failed() {
      if (hasBegun) await writeReport();
    },
  };
}
