// A run from its first state to its last line: opens its store, its engine and its runtime, and has the round loop do
// the rest, the same on every runtime. Given the same seed it ends in the same bits, also after a restart.
import { type FederatedComputation, type IterativeProcess, seedFrom } from '@starling/federated-core';
import { userLocation } from '@starling/federated-core/plan';
import { createPlanRunner, type PlanRunner } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import { memoryClientStates } from '@starling/store';
import { type TakenEngine, takeEngine } from '../engines/take-engine.js';
import { FaultsError } from '../faults/faults-error.js';
import { serverRows } from '../rows/server-rows.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import { serverVectors } from '../simd/server-vectors.js';
import { asynchronousRun, sessionOf } from './asynchronous-run.js';
import { awaitedRun } from './awaited-run.js';
import { BestKeeper } from './best-keeper.js';
import { checkRun } from './check-run.js';
import { checkSampler } from './check-sampler.js';
import { ClientVersions } from './client-versions.js';
import { type CompiledEvaluation, compileEvaluation } from './compile-evaluation.js';
import { type CompiledRun, compileRun } from './compile-run.js';
import { ConstraintKeeper } from './constraints.js';
import { createStateEvaluator, type StateEvaluator } from './evaluate-state.js';
import { allClients, isOfClients } from './evaluation.js';
import { initialState } from './initial-state.js';
import { storeLedger } from './ledger.js';
import { resumeRun } from './resume-run.js';
import { RoundLoop } from './round-loop.js';
import { runLineOf } from './run-line.js';
import type { RoundMetricsOf, RunOptions, RunResult, StateValueOf } from './run-options.js';
import type { KeptByClients } from './run-parts.js';
import { runSettings } from './run-settings.js';
import { throughCrashes } from './through-crashes.js';
import { warnOfLost } from './warn-of-lost.js';
import { watchLoads } from './watch-loads.js';
import { WatchedReports } from './watched-reports.js';

/**
 * Runs a process or a computation round by round. Throws what the last attempt at a round throws (see `runRound`), as
 * `resumeRun` does where the store holds another run, a `StoreFailedError` if the disk refuses for good, a `RangeError`
 * if an option is of another kind or out of its range, and, before anything runs, a `StarlingError` with code
 * `impossible-rounds` if more clients must report than are ever asked.
 */
export function runRounds<P extends IterativeProcess = never, C extends FederatedComputation = never>(
  options: RunOptions<P, C>,
): Promise<RunResult<StateValueOf<P, C>, RoundMetricsOf<P, C>>> {
  // What is run is not known by its type from here on.
  const running = runChecked(options as unknown as RunOptions);
  return awaitedRun(running as Promise<RunResult<StateValueOf<P, C>, RoundMetricsOf<P, C>>>);
}

async function runChecked(options: RunOptions): Promise<RunResult> {
  checkRun(options);
  const location = userLocation();
  // What clients keep outlives a server that dies, as it does in life.
  const { clientStates = memoryClientStates() } = options;
  try {
    // Awaited, so that an error's stack leads to the user's line.
    return await throughCrashes({ ...options, clientStates }, runUntyped);
  } catch (error) {
    // A runtime finds them when it is opened, which nobody awaits yet.
    throw error instanceof FaultsError ? new FaultsError(error.problems, location) : error;
  }
}

async function runUntyped(options: RunOptions): Promise<RunResult> {
  const { clock = () => performance.now() } = options;
  const began = clock();
  const compiled = compileRun(options);
  const seed = seedFrom(options.seed);
  checkSampler(options, seed);
  const settings = runSettings(options, seed);
  const asked = evaluationOnClients(compiled, options);
  const { open, identity, start } = await resumeRun(compiled, options, asked?.plan.hash ?? null);
  const ledger = open === null ? null : storeLedger(open, options.population, namesCohorts(options));
  const population = allClients(options);
  // Workers or sockets come up while the server's own programs are loaded.
  const loads = watchLoads(population);
  const opening = openRuntime(options, asked?.joined ?? compiled.plan, loads.population);
  opening.catch(() => {}); // thrown where it is awaited
  let taken: TakenEngine | null = null;
  let server: PlanRunner | null = null;
  let evaluator: StateEvaluator | null = null;
  let loop: RoundLoop | null = null;
  let kept: KeptByClients | null = null;
  try {
    taken = await takeEngine(options.engine);
    const { engine } = taken;
    server = await createPlanRunner(
      compiled.plan,
      engine,
      ['server', 'aggregation'],
      serverVectors(),
      serverRows(),
    );
    const leaves = start.leaves ?? (await initialState(compiled, engine, seed));
    if (options.evaluation !== undefined && compiled.stateType !== null) {
      evaluator = await createStateEvaluator(compiled, options.evaluation, asked, {
        engine,
        seed,
        population,
      });
    }
    if (compiled.plan.plan.clientState !== undefined) {
      const versions = ClientVersions.after(start.id, start.commits);
      kept = { versions, store: await options.clientStates!.open(start.id) };
    }
    const watched = WatchedReports.after(start.commits, options);
    const keeper = options.best === undefined ? null : new BestKeeper(options.best, start.best);
    const constraints =
      options.constraints === undefined
        ? null
        : new ConstraintKeeper(options.constraints, start.checked, {
            rounds: options.rounds,
            evaluatedEvery: options.evaluation?.every ?? 1,
          });
    const asynchronous =
      options.asynchronous === undefined ? null : await asynchronousRun(compiled, options, { seed, start });
    const isRecorded = ledger !== null || options.onRecord !== undefined;
    if (isRecorded) {
      const { id, round: from } = start;
      const facts = { id, from, identity, engine: engine.description, evaluation: asked?.plan ?? null };
      const line = await runLineOf(compiled, options, facts);
      await ledger?.start(identity!, line);
      await options.onRecord?.(line);
    }
    const parts = {
      options,
      compiled,
      server,
      evaluator,
      keeper,
      constraints,
      ledger,
      watched,
      kept,
      asynchronous,
      settings,
      seed,
      start,
      isRecorded,
    };
    loop = new RoundLoop({ ...parts, clock, began }, leaves);
    await loop.run(sessionOf(parts, await opening, engine, loop));
    const result = { ...(await loop.progress.result()), wallMs: clock() - began };
    await loop.progress.end();
    warnOfLost(options, result);
    return result;
  } catch (error) {
    await loop?.progress.endBy(error).catch(() => {}); // what ended the run is the error to throw
    throw error;
  } finally {
    loads.stop();
    const session = await opening.catch(() => null);
    await session?.close(loop?.isOver ?? false);
    await evaluator?.dispose();
    await server?.dispose();
    await taken?.release();
    await kept?.store.close();
    await ledger?.close();
  }
}

/** `async`, so that what opening throws at once is thrown where the rest is. */
async function openRuntime(
  { runtime }: RunOptions,
  plan: CompiledRun['plan'],
  population: Population,
): Promise<RuntimeSession> {
  return runtime.open(plan, population);
}

/** Whether its cohorts follow from who was there, or who has reported what: no seed gives them again. */
function namesCohorts({ present, asynchronous, sampler }: RunOptions): boolean {
  return present !== undefined || asynchronous?.clock === 'real' || sampler.watches !== undefined;
}

/** What clients are asked besides rounds; `null` for nothing. */
function evaluationOnClients(run: CompiledRun, { evaluation }: RunOptions): CompiledEvaluation | null {
  return evaluation !== undefined && isOfClients(evaluation) ? compileEvaluation(run, evaluation) : null;
}
