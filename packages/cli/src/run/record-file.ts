// The record of a run as it is kept: one JSON object a line.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordLine } from '@starling/runtime/events';

export const RECORD_FILE = 'metrics.jsonl';

/**
 * The lines that a run has written to its directory, not checked; one cut short by a crash is left out. `null` if there
 * is no record.
 */
export async function readRecord(directory: string): Promise<readonly RecordLine[] | null> {
  const path = join(directory, RECORD_FILE);
  if (!existsSync(path)) return null;
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.endsWith('}'));
  return lines.map((line) => JSON.parse(line) as RecordLine);
}
