// A run that was kept with `--out`, as far as its clients are to be replayed: what it was started with.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordLine } from '@starling/runtime/events';
import { UsageError } from '../errors/usage-error.js';

export interface RecordedRun {
  /** As a command line gives them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Name of the engine that the clients worked on. */
  readonly engine: string;
  /** Hash of the plan of a round. */
  readonly plan: string;
}

/** Of the run's last start. Throws a `UsageError` if the directory has no record of a run. */
export async function recordedRun(directory: string): Promise<RecordedRun> {
  const path = join(directory, 'metrics.jsonl');
  const lines = existsSync(path) ? (await readFile(path, 'utf8')).split('\n') : [];
  const run = lines
    .filter((line) => line.endsWith('}'))
    .map(read)
    .findLast((line) => line.type === 'run');
  if (run === undefined) {
    throw new UsageError(
      `Cannot debug a run of ${directory}: need the record of one, metrics.jsonl, got ${lines.length === 0 ? 'no such file' : 'one without a run line'}`,
    );
  }
  const { settings, seed, engine, plan } = run;
  // As JSON, which settings are read as first.
  const given = Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)] as const);
  return { settings: Object.fromEntries(given), seed, engine: engine.clients, plan };
}

function read(line: string): RecordLine {
  return JSON.parse(line) as RecordLine;
}
