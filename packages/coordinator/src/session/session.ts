// One session of the `websocket` runtime: it offers a plan on a server and runs its phases. A phase broadcasts from one
// shared buffer, gathers updates in any order, and folds them by lanes, so that the result has the bits that every
// other runtime gives.
import { setTimeout } from 'node:timers/promises';
import { createOnnxEngine } from '@starling/compute/onnx';
import { StarlingError } from '@starling/federated-core';
import { parseType, updateChecker } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import { type ClientReport, clientArgument, createPlanRunner } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import type { RuntimeSession } from '@starling/runtime';
import {
  type AlterUpdate,
  createAlterUpdate,
  createLaneFold,
  createSumMemory,
  type LaneFold,
  type PhaseRequest,
} from '@starling/runtime/phases';
import { WireError } from '@starling/wire';
import { pino } from 'pino';
import { bodyMemory } from '../bodies/body-memory.js';
import { offerPlan } from '../bodies/plan-offer.js';
import { createStreamIds } from '../bodies/shared-body.js';
import type { GatheringOptions } from '../phases/gathering.js';
import { makeTask, type PhaseTask } from '../phases/phase-task.js';
import { boundedChecker } from '../phases/update-bounds.js';
import { createCoordinatorServer } from '../server/coordinator-server.js';
import { SERVER_OPTIONS } from '../server/listening-options.js';
import { createServerMetrics } from '../server/server-metrics.js';
import { createWorkTasks } from './client-work.js';
import type { WebSocketRuntimeOptions } from './session-options.js';

/** Connections that are allowed on top of two a client: health checks, rejoins, strangers. */
const SPARE_CONNECTIONS = 1000;

/** How long a session waits, unless it is told, for its clients that are away when the run is over. */
const FAREWELL_MS = 2000;
/** Of these clients, in the log. */
const MAX_NAMES = 10;

/** Of the plan's hash, in the name of a run without one. */
const OWN_RUN_DIGITS = 16;

/** Listens, and offers the plan to the clients of the population. Throws if the population does not fit the plan. */
export async function openSession(
  linked: LinkedPlan,
  population: Population,
  options: WebSocketRuntimeOptions,
): Promise<RuntimeSession> {
  const { deadlineMs = 60_000, minClients = 1, extendBelow = 1 } = options;
  const { maxExtensions = Number.POSITIVE_INFINITY, reserveMs = Math.max(deadlineMs, 60_000) } = options;
  const { farewellMs } = options;
  const logger = options.logger ?? pino({ level: 'silent' });
  const metrics = options.metrics ?? options.server?.metrics ?? createServerMetrics();
  checkServerOptions(options);
  checkMinClients(minClients, population);
  clientArgument(linked.plan, population.dataType); // clients check their own data; this tells it before any joins

  /** What `close` does, in this order; also if opening fails half way. */
  const closers: (() => Promise<void>)[] = [];
  const closed = new AbortController();
  /** Whether anybody was asked to work, or to be ready for it: else the run was over before. */
  let begun = false;
  const signal = options.signal ? AbortSignal.any([options.signal, closed.signal]) : closed.signal;
  async function close(isOver = true): Promise<void> {
    isFinished = isOver && options.signal?.aborted !== true;
    closed.abort(new StarlingError('session-closed', 'Cannot run a phase: the session is closed'));
    for (const closer of closers.splice(0)) await closer();
  }
  let isFinished = true;

  const nextStream = createStreamIds();
  const offer = offerPlan(linked, nextStream);
  /** Those that this session was of, as its metrics name them. */
  const runs = new Set<string>();
  /** Names the run where the round loop does not: the same after a restart, and another for another plan. */
  const ownRun = `plan-${offer.hash.slice(0, OWN_RUN_DIGITS)}`;
  const engine = options.engine ?? (await createOnnxEngine());
  if (options.engine === undefined) closers.unshift(() => engine.dispose());
  try {
    const sums = await createSumMemory(linked, engine);
    const runner = await createPlanRunner(linked, engine, ['aggregation'], sums.vectors);
    closers.unshift(() => runner.dispose());
    const limits = { connections: 2 * population.size + SPARE_CONNECTIONS, ...options.limits };
    const listening = Object.fromEntries(
      SERVER_OPTIONS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]),
    );
    const server =
      options.server ?? (await createCoordinatorServer({ ...listening, limits, logger, metrics }));
    if (options.server === undefined) closers.unshift(() => server.close());
    const { url, port } = server;
    const hosted = server.host({
      ...(options.runName !== undefined && { run: options.runName }),
      offer,
      population,
      checkDataType: (type) => checkDataType(linked, type),
      minClients,
      reserveMs,
    });
    closers.unshift(async () => {
      const { away } = hosted;
      const waitMs = farewellMs ?? FAREWELL_MS;
      if (isFinished && away.length > 0) {
        const clients = away.slice(0, MAX_NAMES);
        logger.info(
          { count: away.length, clients, waitMs },
          'the run is over; waiting for clients that are away',
        );
      }
      await hosted.close(isFinished, {
        waitMs,
        ...(options.signal !== undefined && { signal: options.signal }),
      });
      if (isFinished && !begun) await sleep(farewellMs ?? 0, options.signal); // who comes now hears how it ended
    });
    logger.info({ url, plan: offer.hash, name: offer.name, clients: population.size }, 'listening');
    options.onListen?.({ url, port });
    const launched = await options.launchClients?.(url);
    if (launched !== undefined) closers.splice(1, 0, () => launched.stop()); // after they were told goodbye
    // Clients that were started for this session are part of its opening, and no round's time.
    if (launched !== undefined) await unlessAborted(hosted.whenReady(minClients), signal);
    begun = launched !== undefined;
    closers.push(async () => {
      for (const run of runs) {
        metrics.remove('starling_round', { run });
        metrics.remove('starling_last_commit_timestamp_seconds', { run });
      }
    });
    /** Of the phase before. */
    let latest: LaneFold | null = null;
    let started = begun;
    /** When the latest phase was gathered to its end. */
    let gatheredAtMs = performance.now();
    const workTask = createWorkTasks({
      ...{ linked, runner, population, nextStream, bounds: options },
      ...{ deadlineMs, extendBelow, maxExtensions, metrics },
      // Lines for each client would bury all else, unless they are asked for.
      logger: logger.level === 'info' ? logger.child({}, { level: 'warn' }) : logger,
    });
    async function ready(): Promise<void> {
      begun = true;
      if (!started) await unlessAborted(hosted.whenReady(minClients), signal);
      started = true;
    }
    return {
      ready,
      async runPhase(request) {
        await ready();
        const { run = '', round, phase, cohort, faults, goal } = request;
        const { aggregations } = linked.plan.phases[phase]!;
        const reductions = runner.reductions(phase);
        const { laneSize } = linked.plan;
        await latest?.settled();
        const fold = createLaneFold({
          ...{ aggregations, reductions, laneSize },
          cohortSize: cohort.length,
          sums: sums.begin(phase, reductions),
        });
        latest = fold;
        const task = makeTask(linked, { ...request, run: run || ownRun }, population, nextStream, {
          fold,
          check: boundedChecker(updateChecker(aggregations, reductions, sums.vectors), aggregations, options),
          ...(faults !== undefined && { alter: alteringBy(faults, createAlterUpdate(aggregations)) }),
          deadlineMs,
          extendBelow,
          maxExtensions,
          ...(goal !== undefined && { goal }),
          logger: logger.child({ round, phase }),
          metrics,
          spent: bodyMemory.spent,
        });
        metrics.set('starling_round', round, { run: task.run });
        hosted.assign(task);
        cohort.forEach((index, position) => {
          const fault = faults?.[position];
          if (fault?.kind === 'lost') task.gathering.lose(position, fault.code, fault.reason);
          else hosted.ask(population.clientId(index));
        });
        try {
          const outcome = await unlessAborted(task.gathering.outcome, signal);
          gatheredAtMs = performance.now();
          return { ...outcome, reports: outcome.reports.map((report) => withRestart(report, task)) };
        } finally {
          task.gathering.abandon();
          hosted.assign(null);
        }
      },
      async work(request) {
        await ready();
        const client = population.clientId(request.client);
        const { task, outcome } = workTask(request, request.run || ownRun);
        hosted.assignTo(client, task);
        hosted.ask(client);
        try {
          return await unlessAborted(outcome(), signal);
        } finally {
          task.gathering.abandon();
          hosted.assignTo(client, null);
        }
      },
      present(tell) {
        const indices = new Map<string, number>();
        for (let index = 0; index < population.size; index++) indices.set(population.clientId(index), index);
        hosted.watch((client, isThere) => tell(indices.get(client)!, isThere));
      },
      settled({ run, round, attempt, counted, clients }) {
        const of = { run: run || ownRun };
        runs.add(of.run);
        if (counted && clients === undefined)
          metrics.observe('starling_commit_seconds', (performance.now() - gatheredAtMs) / 1000);
        hosted.settled({ ...of, round, attempt }, counted, clients);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function withRestart(report: ClientReport, task: PhaseTask): ClientReport {
  const hasRestarted = report.status === 'accepted' && task.hasRestarted(report.client);
  return hasRestarted ? { ...report, restarted: true } : report;
}

/** What simulated faults make of the update of the client at a position. */
function alteringBy(
  faults: NonNullable<PhaseRequest['faults']>,
  alter: AlterUpdate,
): NonNullable<GatheringOptions['alter']> {
  return (position, update) => {
    const fault = faults[position];
    return fault?.kind === 'altered' ? alter(update, fault.alterations) : update;
  };
}

/** Throws a `TypeError` if a server is given, and an option of it as well, which would go unheard. */
function checkServerOptions(options: WebSocketRuntimeOptions): void {
  if (options.server === undefined) return;
  const surplus = SERVER_OPTIONS.find((name) => options[name] !== undefined);
  if (surplus === undefined) return;
  throw new TypeError(
    `Cannot open a session: need '${surplus}' of the server that is given, got another for the session`,
  );
}

/** Throws a `RangeError` if it would wait for more clients than can ever join. */
function checkMinClients(minClients: number, { name, size }: Population): void {
  if (minClients <= size) return;
  throw new RangeError(
    `Cannot wait for ${minClients} clients (minClients): need at most the ${size} of population '${name}'`,
  );
}

/** Ends early, and without an error, once the signal comes. */
function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const cause = { ...(signal !== undefined && { signal }) };
  return setTimeout(ms, undefined, cause).catch(() => {});
}

/** Throws a `WireError` if clients that hold this type of data cannot run the plan. */
function checkDataType({ plan }: LinkedPlan, type: string): void {
  try {
    clientArgument(plan, parseType(type));
  } catch (cause) {
    throw new WireError('type-mismatch', (cause as Error).message, { cause });
  }
}

/** The promise, or the signal's reason if that comes first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
