// Replays a run from what a store has of it: each committed round once more, in this process, with the cohort that was
// asked and the clients that counted; and holds each state to the hash that was committed.
import type { Engine } from '@starling/compute';
import { StarlingError, seedFrom } from '@starling/federated-core';
import { checkAsynchronous, serverSeed } from '@starling/federated-core/plan';
import { createPlanRunner, type Leaves } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import type { Population } from '@starling/population';
import { attemptSeed } from '@starling/rounds';
import {
  type AttemptHistory,
  type CountedVersions,
  type KeptCommit,
  memoryClientStates,
  type OpenClientStates,
  type RunHistory,
  type RunStore,
} from '@starling/store';
import { type AsynchronousRun, asynchronousSession } from '../asynchronous/asynchronous-session.js';
import { RecordedSteps } from '../asynchronous/recorded-steps.js';
import type { Steps } from '../asynchronous/steps.js';
import { takeEngine } from '../engines/take-engine.js';
import { withFaults } from '../faults/with-faults.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { detailsOf } from '../kept/round-details.js';
import { identityDifferences, OtherRunError } from '../kept/run-identity.js';
import type { RoundReport } from '../record/lost-clients.js';
import { virtualSteps } from '../rounds/asynchronous-run.js';
import { ClientVersions } from '../rounds/client-versions.js';
import { cohortAsked } from '../rounds/cohort-asked.js';
import { type CompiledRun, compileRun } from '../rounds/compile-run.js';
import { identifyRun } from '../rounds/identify-run.js';
import { initialState } from '../rounds/initial-state.js';
import { namedSession } from '../rounds/named-session.js';
import type { RunOptions } from '../rounds/run-options.js';
import { runRound } from '../rounds/run-round.js';
import { serverRows } from '../rows/server-rows.js';
import type { Runtime, RuntimeSession } from '../runtime/runtime.js';
import { serverVectors } from '../simd/server-vectors.js';

export interface ReplayRunOptions
  extends Pick<
    RunOptions,
    | 'process'
    | 'computation'
    | 'arguments'
    | 'laneSize'
    | 'population'
    | 'sampler'
    | 'seed'
    | 'settings'
    | 'engine'
    | 'faults'
    | 'asynchronous'
    | 'onOtherRun'
  > {
  /** What has kept the run; it is read, and not written to. */
  readonly store: RunStore;
  readonly run: string;
  /** Called, and awaited, with each round. */
  readonly onRound?: (round: ReplayedRound) => void | Promise<void>;
}

export interface ReplayedRound {
  readonly round: number;
  readonly attempt: number;
  /** Clients whose updates counted. */
  readonly counted: number;
  /** As it was committed, and as the replay has it. */
  readonly committed: string;
  readonly replayed: string;
}

/**
 * All rounds, up to the first that has another state. Throws an `OtherRunError` if the run is another one than that of
 * the options and there is no `onOtherRun`, and a `StarlingError` with code `not-replayable` if the store has not kept
 * what a replay needs, or the sampler gives another cohort.
 */
export async function replayRun(options: ReplayRunOptions): Promise<readonly ReplayedRound[]> {
  const { store, run, population, engine: given } = options;
  const seed = seedFrom(options.seed);
  const compiled = compileRun(options);
  const history = await store.read(run);
  await checkIdentity(compiled, options, history);
  const { engine, release } = await takeEngine(given);
  const vectors = serverVectors();
  const server = await createPlanRunner(
    compiled.plan,
    engine,
    ['server', 'aggregation'],
    vectors,
    serverRows(),
  );
  const absent = new Absences(population);
  const session = await runtimeOf(options, engine).open(compiled.plan, absent.population);
  const steps = await stepsOf(compiled, options, history);
  /** The states before the rounds that are still to come, of an asynchronous run. */
  const before = new Map<number, Leaves>();
  const phases =
    steps === null
      ? session
      : asynchronousSession(session, {
          ...steps,
          ...{ rounds: history.commits.length, plan: compiled.plan, server, population, seed, run },
          async broadcastOf(version) {
            const input = compiled.serverInput(before.get(version)!);
            return server.prepare(0, input, [], serverSeed(attemptSeed(seed, version + 1, 1)));
          },
        });
  const rounds: ReplayedRound[] = [];
  const versions = new ClientVersions(run);
  const states = await memoryClientStates().open(run);
  try {
    let state = await initialState(compiled, engine, seed);
    for (const [index, commit] of history.commits.entries()) {
      const { round, attempt, counted } = commit;
      if (round !== index + 1) throw notReplayable(store, `need round ${index + 1}, got none`);
      const asked = attemptOf(history, commit, store);
      const cohort = cohortOf(options, asked, store, steps?.steps);
      if (steps !== null) keepBefore(before, round - 1, state, steps.steps.at(asked)?.oldestVersion ?? 0);
      const made =
        compiled.plan.plan.clientState === undefined ? null : versions.attempt(compiled.plan, asked);
      for (const client of commit.clientVersions?.restarted ?? []) made?.restarted(client);
      const outcome = await runRound({
        plan: compiled.plan,
        server,
        session: namedSession(absent.during(phases, commit), { run, attempt }),
        round,
        action: `replay round ${round}`,
        seed: asked.seed,
        population,
        cohort,
        serverInput: compiled.serverInput(state),
        ...(made !== null && { states: { seed, keepFrom: round - 1, store: states, versions: made } }),
      });
      if (made !== null)
        await count(versions, states, commit, made.counted(outcome.reports), outcome.reports);
      state = compiled.stateOf(outcome.result);
      const kept = compiled.stateType === null ? outcome.result : state;
      const committed = detailsOf(commit.metrics)?.stateHash;
      if (committed === undefined) throw notReplayable(store, `need the hash of round ${round}, got none`);
      const replayed = { round, attempt, counted: counted.length, committed, replayed: stateHash(kept) };
      rounds.push(replayed);
      await options.onRound?.(replayed);
      if (replayed.replayed !== committed) break;
    }
  } finally {
    await session.close();
    await server.dispose();
    await release();
  }
  return rounds;
}

/** Of an asynchronous run, how its reports came: as its journal has it, or as the virtual clock gives it again. */
async function stepsOf(
  { plan }: CompiledRun,
  options: ReplayRunOptions,
  { commits }: RunHistory,
): Promise<Pick<AsynchronousRun, 'steps' | 'faults'> | null> {
  if (options.asynchronous === undefined) return null;
  checkAsynchronous(plan.plan);
  const recorded = commits.flatMap(({ round, lost, metrics }) => {
    const arrivals = detailsOf(metrics)?.asynchronous?.arrivals;
    return arrivals === undefined ? [] : [{ round, arrivals, lost }];
  });
  if (recorded.length === commits.length) {
    return { steps: new RecordedSteps(recorded, options.population), faults: null };
  }
  return virtualSteps(plan, { ...options, rounds: commits.length }, seedFrom(options.seed));
}

/** With the state after `version`, and without those that nobody works on any more. */
function keepBefore(states: Map<number, Leaves>, version: number, state: Leaves, oldest: number): void {
  for (const each of states.keys()) if (each < oldest) states.delete(each);
  states.set(version, state);
}

/** What clients keep from here on. That its versions are those that were committed shows in the states that follow. */
async function count(
  versions: ClientVersions,
  states: OpenClientStates,
  { round }: KeptCommit,
  counted: CountedVersions,
  reports: readonly RoundReport[],
): Promise<void> {
  const clients = reports.filter(({ status }) => status === 'accepted').map(({ client }) => client);
  versions.count(clients, counted);
  for (const [index, client] of clients.entries()) await states.settle(client, counted.ids[index]!, round);
}

/** In this process, with the faults of the run: those of clients, since the server's change no state. */
function runtimeOf({ faults, seed, asynchronous }: ReplayRunOptions, engine: Engine): Runtime {
  const runtime = inProcessRuntime({ engine });
  return faults === undefined || asynchronous !== undefined
    ? runtime
    : withFaults(runtime, { ...faults, serverCrashes: [] }, { seed });
}

async function checkIdentity(
  compiled: CompiledRun,
  options: ReplayRunOptions,
  { identity: found }: RunHistory,
): Promise<void> {
  const runtime = inProcessRuntime(options.engine === undefined ? {} : { engine: options.engine });
  // None of these changes what a round makes of its cohort.
  const { evaluation: _, best: __, mode: ____, ...kept } = found;
  const { onRound: ___, asynchronous, ...others } = options;
  // By which clock reports came changes nothing of what is made of them.
  const { clock } = (found['asynchronous'] ?? {}) as { readonly clock?: 'virtual' | 'real' };
  const own = asynchronous && { asynchronous: { ...asynchronous, ...(clock !== undefined && { clock }) } };
  const run = { ...others, ...own };
  const identity = await identifyRun(compiled, { ...run, runtime, rounds: 0 }, null);
  // A coordinator without data has no hash of it, and is replayed where the data is.
  const differences = identityDifferences(kept, identity).filter(
    ({ field, found: before }) => !(field === 'population.data' && before === NOT_AT_HAND),
  );
  if (differences.length === 0) return;
  if (options.onOtherRun === undefined) {
    throw new OtherRunError(options.store.name, differences, 'replay the run in');
  }
  options.onOtherRun(differences);
}

const NOT_AT_HAND = 'not at hand';

function attemptOf({ attempts }: RunHistory, commit: KeptCommit, store: RunStore): AttemptHistory {
  const { round, attempt } = commit;
  const found = attempts.find((each) => each.round === round && each.attempt === attempt);
  if (found !== undefined) return found;
  throw notReplayable(store, `need attempt ${attempt} at round ${round}, got none`);
}

function cohortOf(
  options: ReplayRunOptions,
  asked: AttemptHistory,
  store: RunStore,
  steps: Steps | undefined,
): readonly number[] {
  const cohort = cohortAsked(options, seedFrom(options.seed), asked, steps);
  if (cohort !== null) return cohort;
  const need = `need the cohort of round ${asked.round} that was asked`;
  throw notReplayable(store, `${need}, got another from the sampler`);
}

function notReplayable({ name }: RunStore, problem: string): StarlingError {
  return new StarlingError('not-replayable', `Cannot replay the run in ${name}: ${problem}`);
}

/** A population in which those who did not count in a phase of the round at hand have no data for it. */
class Absences {
  readonly population: Population;
  private absent: ReadonlySet<string> = new Set();

  constructor(population: Population) {
    const load = (index: number): ReturnType<Population['load']> => {
      if (this.absent.has(population.clientId(index))) throw new Error('it did not count');
      return population.load(index);
    };
    this.population = Object.create(population, { load: { value: load } });
  }

  during(session: RuntimeSession, { lost }: KeptCommit): RuntimeSession {
    return {
      runPhase: (request) => {
        const ofPhase = lost.filter(({ phase = 0 }) => phase === request.phase);
        this.absent = new Set(ofPhase.map(({ client }) => client));
        return session.runPhase(request);
      },
      close: () => session.close(),
    };
  }
}
