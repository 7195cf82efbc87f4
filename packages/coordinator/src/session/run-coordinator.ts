// A coordinator from its start to its last round: what `starling coordinator` runs. Every round is committed to the
// state directory before it is reported, so that a process killed at any point continues from there when it is started
// again.
import {
  type Check,
  checkOptions,
  count,
  hasMethods,
  kinds,
  ofKind,
  required,
} from '@starling/federated-core/plan';
import {
  type FederationSetup,
  type RunOptions,
  type RunResult,
  type Runtime,
  runRounds,
} from '@starling/runtime';
import { failedRoundLineOf, type LostClients, roundLineOf } from '@starling/runtime/events';
import { followRecord } from '@starling/runtime/record';
import { directoryStore } from '@starling/store/directory';
import { type Logger, pino } from 'pino';
import { createServerMetrics } from '../server/server-metrics.js';
import { fromZero, SESSION_OPTIONS, waitMs } from './check-session.js';
import type { WebSocketRuntimeOptions } from './session-options.js';
import { websocketRuntime } from './websocket-runtime.js';

export interface CoordinatorOptions extends WebSocketRuntimeOptions {
  /**
   * The federation, built: its population names the clients. Their data is asked for by nothing but its fingerprint,
   * where there is a `state`; a population whose data is not at hand says so (`dataAtHand: false`).
   */
  readonly run: FederationSetup;
  /** Rounds in all, those of earlier starts included. Default: as many as the federation says. */
  readonly rounds?: number;
  /** A non-negative safe integer. Default 0. */
  readonly seed?: number;
  /**
   * A directory that keeps the run, and in which `metrics.jsonl` is written along for people. Default: none, and a
   * restart begins anew.
   */
  readonly state?: string;
  /** Attempts at one round, from 1; when the last has failed, so has the run. Default 5. */
  readonly maxAttempts?: RunOptions['maxAttempts'];
  /** Wait before the second attempt at a round, milliseconds; it doubles with each further one. Default 1,000. */
  readonly backOffMs?: RunOptions['backOffMs'];
  readonly storeRetries?: RunOptions['storeRetries'];
  /** See `RunOptions`: cohorts are drawn from the clients that are there, and a round ends at its deadline. */
  readonly present?: RunOptions['present'];
  /** What the federation was built with; see `RunOptions`. */
  readonly settings?: RunOptions['settings'];
  /** Updates that a round needs, or it fails. Default: whatever number counts. */
  readonly minReports?: RunOptions['minReports'];
  /** See `RunOptions`: without it, a state directory of another run is refused. */
  readonly onOtherRun?: RunOptions['onOtherRun'];
  readonly onRound?: RunOptions['onRound'];
  /** Called with each attempt at a round that failed, which is logged in any case. */
  readonly onFailedRound?: RunOptions['onFailedRound'];
  readonly onRecord?: RunOptions['onRecord'];
  /** Called with what is damaged in the state directory and was passed over, which is logged in any case. */
  readonly onDamage?: RunOptions['onDamage'];
  readonly about?: RunOptions['about'];
  /** See `RunOptions`. */
  readonly pause?: RunOptions['pause'];
}

/** Clients wait up to half a minute before they connect again. */
const FAREWELL_MS = 30_000;

/**
 * Serves until the last round is committed, or the signal aborts (then the result says `interrupted`). An attempt at a
 * round that fails (too few reports, an empty aggregate) keeps the state, is logged, and the next one begins; throws
 * the error of the last one. Where no round had an update that counts, the result has a `failure`. The log names who
 * was missing in a round, by reason. After the last round it waits half a minute at most (`farewellMs`) for clients
 * that were cut off, to tell them; a run that was over when it was started answers all who come for as long.
 */
export async function runCoordinator(options: CoordinatorOptions): Promise<RunResult> {
  checkCoordinator(options);
  const { run, rounds = run.rounds, seed = 0, state, settings, onOtherRun, minReports, ...others } = options;
  const { maxAttempts = 5, backOffMs = 1000, storeRetries, present, onDamage, pause, ...rest } = others;
  const { onRound: _round, onFailedRound: _failed, onRecord: _record, about: _about, ...session } = rest;
  const { signal } = session;
  const logger = options.logger ?? pino({ level: 'silent' });
  const metrics = options.metrics ?? createServerMetrics({ ofProcess: true });
  const store = state === undefined ? null : directoryStore(state);
  const follow = store === null ? null : followRecord(store, state!);
  const { asynchronous } = run;
  let name = options.runName ?? '';
  const runtime = websocketRuntime({
    farewellMs: FAREWELL_MS,
    ...session,
    // A round that would fail for want of reports waits longer instead, unless it is told otherwise.
    ...(minReports !== undefined && { extendBelow: options.extendBelow ?? minReports }),
    ...((present ?? asynchronous) !== undefined && { extendBelow: options.extendBelow ?? 0 }),
    logger,
    metrics,
  });
  const result = await runRounds({
    ...run,
    // Clients are elsewhere, and answer when they do.
    ...(asynchronous !== undefined && { asynchronous: { ...asynchronous, clock: 'real' } as const }),
    runtime: withRunName((of) => {
      name = of;
    }, runtime),
    rounds,
    seed,
    maxAttempts,
    backOffMs,
    ...(storeRetries !== undefined && { storeRetries }),
    ...(present !== undefined && { present }),
    ...(pause !== undefined && { pause }),
    ...(options.runName !== undefined && { run: options.runName }),
    ...(options.engine !== undefined && { engine: options.engine }),
    ...(store !== null && { store }),
    ...(settings !== undefined && { settings }),
    ...(onOtherRun !== undefined && { onOtherRun }),
    ...(minReports !== undefined && { minReports }),
    ...(signal !== undefined && { signal }),
    ...((follow !== null || options.onRecord !== undefined) && {
      async onRecord(line) {
        await follow?.(line);
        await options.onRecord?.(line);
      },
    }),
    onDamage(damage) {
      for (const each of damage) logger.warn({ ...each }, 'damage in the state directory was passed over');
      onDamage?.(damage);
    },
    about: { startedAt: new Date().toISOString(), ...options.about },
    async onRound(record) {
      const { type: _, round, lost, wallMs, ...counts } = roundLineOf(record);
      metrics.add('starling_rounds_total', 1, { run: name });
      metrics.set('starling_last_commit_timestamp_seconds', Date.now() / 1000, { run: name });
      metrics.observe('starling_round_seconds', wallMs / 1000);
      logger.info({ round, ...counts, wallMs: Math.round(wallMs) }, 'round committed');
      logLost(logger, round, lost);
      await options.onRound?.(record);
    },
    async onFailedRound(failure) {
      const { type: _, round, lost, message, wallMs, ...counts } = failedRoundLineOf(failure);
      const { retryMs } = failure;
      metrics.add('starling_rounds_failed_total', 1, { run: name });
      logger.error({ round, ...counts, wallMs: Math.round(wallMs), retryMs }, firstLine(message));
      logLost(logger, round, lost);
      await options.onFailedRound?.(failure);
    },
  });
  const { interrupted, stateHash, failure, failedRounds, rounds: done } = result;
  logger.info(
    { rounds: done, failedRounds, stateHash, interrupted },
    interrupted ? 'interrupted' : 'finished',
  );
  if (failure !== null) logger.error({ code: failure.code }, firstLine(failure.message));
  return result;
}

/** The same runtime, which tells how its run is called before a round of it is told. */
function withRunName(tell: (run: string) => void, runtime: Runtime): Runtime {
  return {
    ...runtime,
    async open(plan, population) {
      const session = await runtime.open(plan, population);
      return {
        ...session,
        settled(of) {
          tell(of.run);
          session.settled?.(of);
        },
      };
    },
  };
}

/** What comes below has lines of its own in the log. */
function firstLine(message: string): string {
  return message.split('\n')[0]!;
}

/** A line a reason, however many clients it is of. */
function logLost(logger: Logger, round: number, lost: readonly LostClients[]): void {
  for (const { status, ...group } of lost) {
    logger.warn({ round, ...group }, `clients ${status === 'rejected' ? 'refused' : status}`);
  }
}

/** Throws a `RangeError` that names the option at fault, with the user's line. */
function checkCoordinator(options: CoordinatorOptions): void {
  checkOptions('Cannot run a coordinator', options, {
    ...SESSION_OPTIONS,
    run: required(setupKind),
    rounds: fromZero,
    seed: fromZero,
    state: kinds.text,
    settings: kinds.record,
    minReports: fromZero,
    maxAttempts: count,
    backOffMs: waitMs,
    storeRetries: fromZero,
    onDamage: kinds.callable,
    present: kinds.record,
    onOtherRun: kinds.callable,
    onRound: kinds.callable,
    onFailedRound: kinds.callable,
    onRecord: kinds.callable,
    about: kinds.record,
    pause: kinds.record,
  });
}

const setupKind: Check = ofKind({
  need: 'a federation that is built, such as await federation.build(federation.options.parse({}))',
  fits: (value) => typeof value === 'object' && value !== null && 'population' in value && 'sampler' in value,
  advice: (value) => (hasMethods(value, ['build']) ? 'Build it: await federation.build({ … })' : null),
});
