// The record of a run as it is kept: a file of JSON lines in the run's directory. All who read it read it here, so that
// a line that a crash cut short, and the rows of versions before there was a record, are the same to each of them.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '@starling/federated-core';
import { namedMetrics } from './lines.js';
import type { RecordLine } from './record-line.js';

/** Name of the file. */
export const RECORD_FILE = 'metrics.jsonl';

/**
 * The lines that a run has written to `directory`; `null` if there is no such file. What is no whole line, as after a
 * crash, is left out; rows of metrics, as versions before the record kept them, are `earlier-round` lines. Lines are
 * not checked further: this version has written them, or a later one has. Throws a `StarlingError` with code
 * `bad-checkpoint` if the file cannot be read.
 */
export async function readRecord(directory: string): Promise<readonly RecordLine[] | null> {
  const path = join(directory, RECORD_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new StarlingError('bad-checkpoint', `Cannot read ${path}`, { cause: error });
  }
  return text.split('\n').flatMap((line) => readLine(line) ?? []);
}

/** Lines as the text of the file: each ends in a newline. */
export function recordText(lines: readonly RecordLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** `null` for what is no line. */
function readLine(line: string): RecordLine | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  return 'type' in value ? (value as RecordLine) : earlierRound(value as EarlierRow);
}

/** What a row of metrics was before there was a record. */
interface EarlierRow {
  readonly round: number;
  readonly metrics?: unknown;
  readonly evaluation?: never;
  readonly wallMs?: number;
}

function earlierRound({ round, metrics, evaluation, wallMs = 0 }: EarlierRow): RecordLine | null {
  if (!Number.isSafeInteger(round)) return null;
  return {
    type: 'earlier-round',
    round,
    metrics: namedMetrics(metrics),
    ...(evaluation === undefined ? {} : { evaluation }),
    wallMs,
  };
}
