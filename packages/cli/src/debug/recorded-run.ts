// A run that was kept with `--out`, as far as its clients are to be replayed: what it was started with.
import { RECORD_FILE, readRecord } from '@starling/runtime/record';
import { UsageError } from '../errors/usage-error.js';

export interface RecordedRun {
  /** As a command line gives them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Name of the engine that the clients worked on. */
  readonly engine: string;
  /** How many it was to have. */
  readonly rounds: number;
  /** Hash of the plan of a round. */
  readonly plan: string;
}

/** Of the run's last start. Throws a `UsageError` if the directory has no record of a run. */
export async function recordedRun(directory: string): Promise<RecordedRun> {
  const lines = await readRecord(directory);
  const run = lines?.findLast((line) => line.type === 'run');
  if (run === undefined) {
    const got = lines === null ? 'no such file' : 'one without a run line';
    throw new UsageError(
      `Cannot debug a run of ${directory}: need the record of one, ${RECORD_FILE}, got ${got}`,
    );
  }
  const { settings, seed, engine, rounds, plan } = run;
  // As JSON, which settings are read as first.
  const given = Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)] as const);
  return { settings: Object.fromEntries(given), seed, engine: engine.clients, rounds, plan };
}
