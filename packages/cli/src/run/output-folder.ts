// `--out DIR`: the run as files. The round loop commits checkpoints and the record there; the report
// is made from the record when the run ends, however it does.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { RunObserver } from '@starling/runtime/events';
import { RECORD_FILE, readRecord } from '@starling/runtime/record';
import { UsageError } from '../errors/usage-error.js';
import { renderReport } from '../report/report.js';

const REPORT = 'report.html';
const CHECKPOINT = /^(?:round|best)-\d+\.safetensors(\.partial)?$/;
/** What an earlier run wrote besides checkpoints; `.partial` is left where a crash came while it was written. */
const OTHERS: readonly string[] = [RECORD_FILE, `${RECORD_FILE}.partial`, REPORT];

export function reportPath(directory: string): string {
  return join(directory, REPORT);
}

/** The file of the state after a round: the best one, or the last one. */
export function statePath(directory: string, round: number): string {
  const name = `${String(round).padStart(8, '0')}.safetensors`;
  const best = join(directory, `best-${name}`);
  return existsSync(best) ? best : join(directory, `round-${name}`);
}

/** Throws a `UsageError` if the directory holds an earlier run's checkpoints: they are not overwritten unasked. */
export function requireFresh(directory: string): void {
  if (!holdsCheckpoints(directory)) return;
  throw new UsageError(
    `Cannot start a run in ${directory}: need a directory without checkpoints, got those of an earlier run; add --resume to continue with it`,
  );
}

/** Throws a `UsageError` if the directory cannot be, as it or one around it is a file. */
export function requireFolder(directory: string): void {
  let path = resolve(directory);
  while (!existsSync(path) && dirname(path) !== path) path = dirname(path);
  if (statSync(path).isDirectory()) return;
  throw new UsageError(
    `Cannot keep the run in ${directory}: need a directory, got ${path === resolve(directory) ? 'a file' : `the file ${path} where one should be`}`,
  );
}

/** Deletes what an earlier run wrote, and nothing else. */
export async function clearRun(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    if (OTHERS.includes(name) || CHECKPOINT.test(name)) await rm(join(directory, name));
  }
}

/** Writes the report when the run has ended; of one that ended before it had a record, nothing. */
export function outputFolder(directory: string): RunObserver {
  const writeReport = async (): Promise<void> => {
    const lines = (await readRecord(directory)) ?? [];
    if (lines.length > 0) await writeFile(join(directory, REPORT), renderReport(lines));
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

function holdsCheckpoints(directory: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => CHECKPOINT.test(name));
}
