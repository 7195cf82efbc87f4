// Conducts a study: starts its runs, several at once, and gathers what they leave. What is kept of an earlier start is
// continued; a run that fails does not stop the others.
import { join } from 'node:path';
import type { RecordLine, RoundLine } from '@starling/runtime/events';
import { type RunLine, readRecord } from '@starling/runtime/record';
import { exitCodes } from '../errors/exit-codes.js';
import type { StudyPoint } from './grid.js';
import { type RunProcess, type RunProcessEnd, startRun } from './run-process.js';
import { runLineOf, type StudyRun } from './summary.js';

/** How long runs have to end by themselves: less than the command has itself. */
const GRACE_MS = 4_000;
/** Fields of a run's first line that tell nothing of what was run. */
const OF_START: ReadonlySet<string> = new Set(['id', 'seed', 'from', 'runtime', 'workers', 'startedAt']);

export interface StudyPlan {
  /** A name, or the path of a file. */
  readonly federation: string;
  /** Of all runs, as `--set` takes them. */
  readonly settings: Readonly<Record<string, string>>;
  readonly points: readonly StudyPoint[];
  /** Each run has a folder there, of the name of its point. */
  readonly directory: string;
  /** Runs at once. */
  readonly jobs: number;
  /** Further parameters of `starling simulate` for each run, such as `--workers`. */
  readonly parameters: readonly string[];
}

/** Follows the runs of a study. */
export interface StudyObserver {
  started?(plan: StudyPlan): void;
  runStarted?(point: StudyPoint): void;
  /** The first line of its record: what it is, and how many rounds are done. */
  runReady?(point: StudyPoint, line: RunLine): void;
  round?(point: StudyPoint, line: RoundLine): void;
  /** Throws to end the study. */
  runEnded?(run: StudyRun): void;
}

/** The runs in the order of their points. Rejects only by what an observer throws, once all runs have ended. */
export async function conductStudy(
  plan: StudyPlan,
  observer: StudyObserver,
  signal: AbortSignal,
): Promise<readonly StudyRun[]> {
  const results: StudyRun[] = [];
  const running = new Set<RunProcess>();
  /** What a run of each cell is that was looked at, or will be; `null` where it failed. */
  const known = new Map<string, Promise<RunLine | null>>();
  const failure = new AbortController();
  const ended = AbortSignal.any([signal, failure.signal]);
  const stop = (): void => {
    for (const each of running) each.stop();
    setTimeout(() => {
      for (const each of running) each.kill();
    }, GRACE_MS).unref();
  };
  ended.addEventListener('abort', stop, { once: true });
  const end = (index: number, run: StudyRun): void => {
    results[index] = run;
    try {
      observer.runEnded?.(run);
    } catch (error) {
      failure.abort(error);
    }
  };

  const conduct = async (index: number): Promise<void> => {
    const point = plan.points[index]!;
    const directory = join(plan.directory, point.name);
    const before = (await readRecord(directory)) ?? [];
    const of = { ...point, directory, reason: null };
    const line = runLineOf(before);
    const cell = JSON.stringify(point.varied);
    const isWhole = line !== undefined && isFinished(before, point.rounds ?? line.rounds);
    if (isWhole && isOfSame(line, (await known.get(cell)) ?? null, point)) {
      return end(index, { ...of, outcome: 'kept', record: before });
    }
    if (ended.aborted) return end(index, { ...of, outcome: 'stopped', record: before });
    let tell = (_line: RunLine | null): void => {};
    if (!known.has(cell))
      known.set(
        cell,
        new Promise((resolve) => {
          tell = resolve;
        }),
      );
    observer.runStarted?.(point);
    const run = startRun(parametersOf(plan, point, directory), (each) => {
      if (each.type === 'run') observer.runReady?.(point, each);
      if (each.type === 'round') observer.round?.(point, each);
    });
    running.add(run);
    if (ended.aborted) run.stop();
    const how = await run.ended;
    running.delete(run);
    const record = (await readRecord(directory)) ?? [];
    const reason = reasonOf(how, record, ended.aborted);
    const after = runLineOf(record);
    tell(reason === null ? (after ?? null) : null);
    const outcome =
      reason !== null ? 'failed' : !isWholeRun(how.code) ? 'stopped' : isWhole ? 'kept' : 'done';
    end(index, { ...of, outcome, reason, record });
  };

  observer.started?.(plan);
  const waiting = plan.points.keys();
  await Promise.all(
    Array.from({ length: plan.jobs }, async () => {
      for (const index of waiting) await conduct(index);
    }),
  );
  ended.removeEventListener('abort', stop);
  failure.signal.throwIfAborted();
  return results;
}

function parametersOf(plan: StudyPlan, { settings, seed, rounds }: StudyPoint, directory: string): string[] {
  const all = Object.entries({ ...plan.settings, ...settings });
  return [
    plan.federation,
    ...['--json', '--resume', '--out', directory, '--seed', String(seed)],
    ...(rounds === null ? [] : ['--rounds', String(rounds)]),
    ...plan.parameters,
    ...all.flatMap(([name, value]) => ['--set', `${name}=${value}`]),
  ];
}

/** Whether it has ended by itself, with all rounds that are asked for now. */
function isFinished(record: readonly RecordLine[], rounds: number): boolean {
  const last = record.at(-1);
  if (last?.type !== 'done' || last.interrupted) return false;
  return last.rounds === rounds || (last.stopped !== null && last.rounds < rounds);
}

/**
 * Whether a run that is kept is what it would be now, except for its seed: as another of its cell, which `starling
 * simulate` has compared with the federation as it is now.
 */
function isOfSame(line: RunLine, known: RunLine | null, { seed }: StudyPoint): boolean {
  if (known === null || line.seed !== seed) return false;
  const facts = (of: RunLine): string =>
    JSON.stringify(Object.entries(of).filter(([name]) => !OF_START.has(name)));
  return facts(line) === facts(known);
}

/** Of an exit code: also of a run whose model does not hold what is asked of it, which is a result as any other. */
function isWholeRun(code: number | null): boolean {
  return code === exitCodes.success || code === exitCodes.unmet;
}

/** Why a run failed; `null` if it has not. */
function reasonOf(how: RunProcessEnd, record: readonly RecordLine[], wasStopped: boolean): string | null {
  const { code, signal, log } = how;
  if (isWholeRun(code) || wasStopped) return null;
  const last = record.at(-1);
  if (code === exitCodes.failure && last?.type === 'failed') return last.message;
  const words = log === '' ? 'it said nothing' : log;
  if (signal !== null) return `its process was ended by ${signal}; ${words}`;
  return code === exitCodes.failure || code === exitCodes.usage
    ? words
    : `its process ended with ${code}; ${words}`;
}
