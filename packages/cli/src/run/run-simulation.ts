// Runs a federation from its name to its last round: load, set up, choose a runtime, go round by round, report to
// observers. Nothing here prints.
import { describePopulation, type Population } from '@starling/population';
import { allClients, type RunOptions, type Runtime, runRounds } from '@starling/runtime';
import type { EngineChoice } from '@starling/runtime/engines';
import type { RunObserver, RunSummary } from '@starling/runtime/events';
import { allObservers, failedRoundLineOf, roundLineOf, runSummary } from '@starling/runtime/events';
import { followRecord } from '@starling/runtime/record';
import { directoryClientStates } from '@starling/store/directory';
import type { Logger } from 'pino';
import { type ReadyFederation, setUpFederation } from '../federation/set-up.js';
import type { FaultFile } from './fault-file.js';
import { otherRun, withUsageErrors } from './other-run.js';
import { clientStatesPath, outputFolder, outputStore } from './output-folder.js';
import { requiring } from './requiring.js';
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
  /** Attempts at one round; `null` for the usual number. */
  readonly maxAttempts: number | null;
  /** Wait before the second attempt, milliseconds; `null` for the usual one. */
  readonly backOffMs: number | null;
  /** What goes wrong, to simulate; `null` for nothing. */
  readonly faults: FaultFile | null;
  /** What the model must hold besides what the federation asks for, as text. */
  readonly require: readonly string[];
  /** A file of weights that the run starts from; `null` for the federation's own. */
  readonly initial: string | null;
  /** A directory that the run is committed to; `null` for none. */
  readonly directory: string | null;
  /** Whether rounds that it holds are continued from; else they are refused. */
  readonly resume: boolean;
  /** Continues from the directory also if it holds another run. */
  readonly force: boolean;
  readonly logger: Logger;
}

/**
 * With a directory, `report.html` is written there. Throws a `UsageError` if federation or settings are unknown, what
 * the last attempt at a round throws if all fail, and `nothing-counted` if no round had an update that counts; the
 * observer is told before (`failed`).
 */
export async function runSimulation(
  options: RunSettings,
  watcher: RunObserver,
  interrupt: AbortSignal,
): Promise<RunSummary> {
  const ready = await readyToRun(options);
  const observer = withReport(options, ready.run.population, watcher);
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
    ...(options.directory !== null && { clientStates: clientStatesPath(options.directory) }),
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
  const { faults } = options;
  const explained = faults?.explained ?? ((run) => run());
  try {
    const result = await withUsageErrors(() =>
      explained(() =>
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
          ...(options.maxAttempts !== null && { maxAttempts: options.maxAttempts }),
          ...(options.backOffMs !== null && { backOffMs: options.backOffMs }),
          ...(faults !== null && { faults: faults.faults }),
          ...keptIn(options, observer),
          ...otherRun(options.force, options.logger),
          onRound: (record) => observer.round?.(roundLineOf(record)),
          onFailedRound: (failure) => observer.failedRound?.(failedRoundLineOf(failure)),
        }),
      ),
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

/** What is kept in a directory gets its report before the others hear of the end. */
function withReport({ directory }: RunSettings, population: Population, observer: RunObserver): RunObserver {
  if (directory === null) return observer;
  return allObservers([outputFolder(directory, () => pictureOf(population)), observer]);
}

/** Null where the data is with the clients alone, or a client of the picture cannot be loaded. */
async function pictureOf(population: Population): Promise<string | null> {
  if (population.dataAtHand === false) return null;
  return describePopulation({ population }).catch(() => null);
}

async function readyToRun(options: RunSettings): Promise<ReadyFederation> {
  const { federation, settings, initial, require } = options;
  const found = await setUpFederation(federation, settings);
  const ready = { ...found, run: await requiring(found.run, require) };
  if (initial === null) return ready;
  const { withInitialFile } = await import('./initial-weights.js');
  return { ...ready, run: await withInitialFile(ready.run, initial) };
}

/** Where the run is kept, and who hears of its record. */
function keptIn(
  { directory, resume, logger }: RunSettings,
  observer: RunObserver,
): Pick<RunOptions, 'store' | 'clientStates' | 'onRecord' | 'onDamage'> {
  const tell = observer.record === undefined ? null : observer.record.bind(observer);
  if (directory === null) return tell === null ? {} : { onRecord: tell };
  const store = outputStore(directory, resume);
  const follow = followRecord(store, directory);
  return {
    store,
    clientStates: directoryClientStates(clientStatesPath(directory)),
    async onRecord(line) {
      await follow(line);
      await tell?.(line);
    },
    onDamage(damage) {
      for (const each of damage) logger.warn({ ...each }, `damage in ${directory} was passed over`);
    },
  };
}
