// Replays one client's work of one round: on the engine of the run, and by another runner of local computations, such
// as one that runs their bodies eagerly. Rounds are deterministic as long as the same clients count, so that
// what was sent need not have been kept.
import type { Engine } from '@starling/compute';
import {
  compilePlan,
  type Seed,
  StarlingError,
  structEntries,
  type Type,
  type Value,
} from '@starling/federated-core';
import {
  checkNumber,
  clientSeed,
  explainFailure,
  flatten,
  leafNames,
  type RoundPlan,
  runProgram,
  slicesAt,
  type UpdateChecker,
  updateChecker,
} from '@starling/federated-core/plan';
import {
  type ClientReport,
  clientArgument,
  clientOutcome,
  createPlanRunner,
  type Leaves,
  type PlanRunner,
} from '@starling/plan/runner';
import type { RunStore } from '@starling/store';
import { takeEngine } from '../engines/take-engine.js';
import { OtherRunError } from '../kept/run-identity.js';
import { runRounds } from '../rounds/run-rounds.js';
import type { PhaseRequest } from '../runtime/runtime.js';
import { type AskedRound, askRound } from './ask-round.js';
import { askedAttempt } from './asked-attempt.js';
import { findClient } from './find-client.js';
import type { NamedLeaves, ReplayedClient, ReplayOptions, ReplayStart } from './replay-options.js';
import { type UpdateLeaf, updateLeaves } from './update-leaves.js';

/** What came of the client's work on one side. */
export interface ReplayedWork {
  readonly report: ClientReport;
  /** Also one that was refused; `null` if the work threw. */
  readonly update: Leaves | null;
  /** What the work threw; `null` if it did not. */
  readonly error: unknown;
}

export interface PhaseReplay {
  /** From 0. */
  readonly phase: number;
  /** Names of the leaves of an update. */
  readonly leaves: readonly UpdateLeaf[];
  /** On the engine of the run: what was sent. */
  readonly sent: ReplayedWork;
  /** By `runner`. */
  readonly replayed: ReplayedWork;
}

export interface ClientReplay {
  readonly start: ReplayStart;
  readonly phases: readonly PhaseReplay[];
}

/**
 * Throws a `StarlingError` with code `no-such-client` if the client is not of the round's cohort, that of
 * `askedAttempt`, with `not-replayable` if a run of clients that were there has not kept the state before, and as
 * `runRounds` does over the rounds before; a round of those that failed leaves the state as it was.
 */
export async function replayClient(options: ReplayOptions): Promise<ClientReplay> {
  const { round, population, onStart } = options;
  checkNumber('Cannot replay a client', 'round', round, { from: 1, whole: true });
  if (options.process?.initializeClient !== undefined) {
    throw new StarlingError(
      'not-replayable',
      "Cannot replay a client: its work follows from what it keeps, which no record has; need a process whose clients keep nothing. `starling runs replay` replays whole runs of such a process, and a body that throws names the client's line",
    );
  }
  if (options.asynchronous !== undefined) {
    throw new StarlingError(
      'not-replayable',
      "Cannot replay a client: in rounds that do not wait it worked on a version of its own; need a run whose rounds wait. `starling runs replay` replays whole runs of this kind, and a body that throws names the client's line",
    );
  }
  const tried = await askedAttempt(options);
  const client = findClient(options, tried.cohort);
  const state = await stateBefore(options);
  const asked = await askRound(options, tried, state);
  const { phases } = asked;
  const mine = phases.filter(({ cohort }) => cohort.includes(client.index));
  const seed = clientSeed(tried.seed, client.name);
  const data = await loaded(options, client.index);
  const start: ReplayStart = {
    ...client,
    round,
    attempt: tried.attempt,
    seed,
    plan: asked.plan.hash,
    data: data === null ? null : named(leafNames(population.dataType), flatten(population.dataType, data)),
    sent: mine.map((request) => sentIn(asked, request, client.index)),
  };
  onStart?.(start);
  const replayed: PhaseReplay[] = [];
  for (const request of mine) replayed.push(await replayPhase(options, asked, request, client, seed));
  return { start, phases: replayed };
}

/** The state that the round began with; it is not evaluated again. */
async function stateBefore({ round, client, runner, onStart, ...run }: ReplayOptions): Promise<Leaves> {
  if (run.process === undefined) return [];
  const { store, onOtherRun } = run;
  if (store !== undefined) await requireState(store, run.run, round);
  const { state } = await runRounds({
    ...run,
    rounds: round - 1,
    onOtherRun: (differences) => {
      const others = differences.filter(({ field }) => !/^(?:evaluation|best|mode)(?:\.|$)/.test(field));
      if (others.length === 0) return;
      if (onOtherRun === undefined) throw new OtherRunError(store!.name, others, 'replay the run in');
      onOtherRun(others);
    },
  });
  return state;
}

/** Rounds of clients that were there are not run again from the seed, which does not say who was. */
async function requireState(store: RunStore, wanted: string | undefined, round: number): Promise<void> {
  const run = wanted ?? (await store.list())[0]?.run;
  if (run === undefined || round === 1) return;
  const { identity, commits } = await store.read(run);
  if (identity['mode'] !== 'present' || (await store.state(run, round - 1)) !== null) return;
  const kept: number[] = [];
  for (const commit of commits) if ((await store.state(run, commit.round)) !== null) kept.push(commit.round);
  throw new StarlingError(
    'not-replayable',
    `Cannot replay a client of round ${round}: need the state of round ${round - 1}, as the cohorts before were drawn from clients that were there, got those of ${kept.join(', ') || 'none'}. A store keeps more of them by { keepEvery: 1 }, as in directoryStore('${store.name}', { keepEvery: 1 })`,
  );
}

async function loaded({ population }: ReplayOptions, index: number): Promise<Value | null> {
  try {
    return await population.load(index);
  } catch {
    return null;
  }
}

function sentIn({ plan }: AskedRound, request: PhaseRequest, client: number): NamedLeaves {
  const { broadcast, selections } = plan.plan.phases[request.phase]!;
  const position = request.cohort.indexOf(client);
  const slices = slicesAt(selections, request.slices ?? [], position);
  const names = selections.flatMap(({ slice }) => leafNames(slice).map((name) => `slices.${name}`));
  return [...named(broadcastNames(broadcast), request.broadcast), ...named(names, slices)];
}

/** A broadcast is a struct of all that is sent down, by position: of one alone the position says nothing. */
function broadcastNames(broadcast: Type): readonly string[] {
  const parts = broadcast.kind === 'struct' ? structEntries(broadcast) : [];
  return leafNames(parts.length === 1 ? parts[0]![1] : broadcast);
}

function named(names: readonly string[], leaves: Leaves): NamedLeaves {
  return leaves.map((leaf, index) => ({ name: names[index]!, leaf }));
}

async function replayPhase(
  options: ReplayOptions,
  { plan }: AskedRound,
  request: PhaseRequest,
  { index, name }: ReplayedClient,
  seed: Seed,
): Promise<PhaseReplay> {
  const { process, computation, laneSize, population, runner } = options;
  const { phase, broadcast, cohort, slices = [] } = request;
  const written: RoundPlan = compilePlan(
    (process?.next ?? computation)!,
    laneSize === undefined ? {} : { laneSize },
  );
  const argument = clientArgument(plan.plan, population.dataType);
  const load = async (): Promise<Leaves> => argument(await population.load(index));
  const own = slicesAt(plan.plan.phases[phase]!.selections, slices, cohort.indexOf(index));
  return onEngine(options, async (engine) => {
    const compiled = await createPlanRunner(plan, engine, ['client', 'aggregation']);
    try {
      const check = updateChecker(plan.plan.phases[phase]!.aggregations, compiled.reductions(phase));
      const sent = await workOf(name, load, check, (input) =>
        compiled.work(phase, broadcast, [...own, ...input], seed),
      );
      const replayed = await workOf(name, load, check, (input) =>
        runProgram(written.phases[phase]!.work, [...broadcast, ...own, ...input], runner, seed),
      );
      const leaves = updateLeaves(written, phase);
      return {
        phase,
        leaves,
        sent: explained(written, phase, sent),
        replayed: explained(written, phase, replayed),
      };
    } finally {
      await compiled.dispose();
    }
  });
}

async function onEngine<T>(
  { engine: given }: ReplayOptions,
  run: (engine: Engine) => Promise<T>,
): Promise<T> {
  const { engine, release } = await takeEngine(given);
  try {
    return await run(engine);
  } finally {
    await release();
  }
}

async function workOf(
  client: string,
  load: () => Promise<Leaves>,
  check: UpdateChecker,
  work: (input: Leaves) => ReturnType<PlanRunner['work']>,
): Promise<ReplayedWork> {
  let update: Leaves | null = null;
  let thrown: unknown = null;
  const keeping = async (input: Leaves): Promise<Leaves> => {
    try {
      update = await work(input);
      return update;
    } catch (error) {
      thrown = error;
      throw error;
    }
  };
  const { report } = await clientOutcome(client, load, keeping, check);
  return { report, update, error: thrown };
}

/** A report knows calls and aggregations by number; here they get the user's words. */
function explained(plan: RoundPlan, phase: number, work: ReplayedWork): ReplayedWork {
  const { report } = work;
  if (report.status === 'accepted') return work;
  return { ...work, report: { ...report, reason: explainFailure(plan, report.reason, phase) } };
}
