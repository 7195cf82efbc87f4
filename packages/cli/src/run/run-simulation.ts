// Runs a federation from its name to its last round: load, set up, choose a runtime, go round by round, report to
// observers. Nothing here prints.
import { allClients, checkpointStore, type Runtime, runRounds } from '@starling/runtime';
import type { EngineChoice } from '@starling/runtime/engines';
import type { RunObserver, RunSummary } from '@starling/runtime/events';
import { roundSummary, runSummary } from '@starling/runtime/events';
import type { Logger } from 'pino';
import { setUpFederation } from '../federation/set-up.js';
import { otherRun, withForceHint } from './other-run.js';
import { aboutRun, runStart } from './run-start.js';
import { makeRuntime } from './runtimes.js';

export interface RunSettings {
  /** A name, or the path of a file. */
  readonly federation: string;
  /** As the command line gives them. */
  readonly settings: Readonly<Record<string, string>>;
  /** A name that `runtimes.ts` knows. */
  readonly runtime: string;
  readonly engine: EngineChoice;
  /** `null` for a runtime that has none. */
  readonly workers: number | null;
  /** `null` for as many as the federation says. */
  readonly rounds: number | null;
  readonly seed: number;
  /** A directory that the run is committed to, and taken up from; `null` for none. */
  readonly directory: string | null;
  /** Continues from the directory also if it holds another run. */
  readonly force: boolean;
  readonly logger: Logger;
}

/**
 * Throws a `UsageError` if federation or settings are unknown, what a round throws if one fails, and `nothing-counted`
 * if no round had an update that counts; the observer is told before (`failed`).
 */
export async function runSimulation(
  options: RunSettings,
  observer: RunObserver,
  interrupt: AbortSignal,
): Promise<RunSummary> {
  const ready = await setUpFederation(options.federation, options.settings);
  const { evaluation, headline, rounds: usualRounds, ...run } = ready.run;
  const rounds = options.rounds ?? usualRounds;
  const failure = new AbortController();
  const signal = AbortSignal.any([interrupt, failure.signal]);
  const runtime = await makeRuntime(options.runtime, {
    engine: options.engine,
    workers: options.workers ?? 1,
    federation: options.federation,
    settings: options.settings,
    population: allClients(ready.run).size,
    logger: options.logger,
    signal,
    onFailure: (error) => failure.abort(error),
  });
  const { runtime: runtimeName, workers, seed } = options;
  const start = runStart(ready, { runtime: runtimeName, workers, rounds, seed });
  await observer.started?.(start);
  const timed: Runtime = {
    ...runtime,
    async open(plan, population) {
      const openedAt = performance.now();
      const session = await runtime.open(plan, population);
      await observer.ready?.(performance.now() - openedAt);
      return session;
    },
  };
  try {
    const result = await withForceHint(() =>
      runRounds({
        ...run,
        runtime: timed,
        engine: options.engine,
        rounds,
        seed: options.seed,
        settings: ready.settings,
        about: aboutRun(start),
        signal,
        ...(evaluation === undefined ? {} : { evaluation }),
        ...(options.directory === null ? {} : { checkpoints: checkpointStore(options.directory) }),
        ...otherRun(options.force, options.logger),
        ...(observer.record !== undefined && { onRecord: (line) => observer.record?.(line) }),
        onRound: (record) => observer.round?.(roundSummary(record)),
      }),
    );
    if (failure.signal.aborted) throw failure.signal.reason;
    if (result.failure !== null) throw result.failure;
    const summary = runSummary(start, result);
    await observer.finished?.(summary);
    return summary;
  } catch (error) {
    await observer.failed?.(error);
    throw error;
  }
}
