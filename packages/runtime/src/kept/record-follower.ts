// `metrics.jsonl`, written along for people to follow: an export of what the store has of a run. The file is made anew
// whenever the run is taken up, so that a kill in the middle of a line loses nothing; then lines are added to it.
import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '@starling/federated-core';
import type { RunStore } from '@starling/store';
import { RECORD_FILE, recordText } from '../record/record-file.js';
import type { RecordLine } from '../record/record-line.js';
import { recordOfRun } from './record-of-run.js';

/** Makes `metrics.jsonl` in `directory` anew from what `store` has of a run. Throws a `StarlingError` as it is told. */
export async function exportRecord(store: RunStore, run: string, directory: string): Promise<void> {
  const text = recordText(recordOfRun(await store.journal(run)));
  await written(directory, async (path) => {
    await mkdir(directory, { recursive: true });
    const aside = `${path}.partial`;
    await writeFile(aside, text);
    await rename(aside, path);
  });
}

/**
 * For `onRecord` of a run that is kept in `store`: writes each line to `metrics.jsonl` in `directory`, once the store
 * has what it tells of. What cannot be written of a round is made up for with the next line; of the first line and the
 * last one it throws a `StarlingError` with code `record-not-written`.
 */
export function followRecord(store: RunStore, directory: string): (line: RecordLine) => Promise<void> {
  let run = '';
  /** Whether the file may lack a line, or end within one. */
  let isBehind = false;
  return async (line) => {
    if (line.type === 'run') run = line.id;
    const isOfRound = line.type === 'round' || line.type === 'failed-round';
    try {
      if (line.type === 'run' || isBehind) await exportRecord(store, run, directory);
      else await written(directory, (path) => appendFile(path, recordText([line])));
      isBehind = false;
    } catch (error) {
      isBehind = true;
      if (!isOfRound) throw error;
    }
  };
}

async function written(directory: string, write: (path: string) => Promise<void>): Promise<void> {
  const path = join(directory, RECORD_FILE);
  try {
    await write(path);
  } catch (cause) {
    throw new StarlingError(
      'record-not-written',
      `Cannot write ${path}: ${(cause as Error).message}; the run that it is of is kept, and starling runs export makes it again`,
      { cause },
    );
  }
}
