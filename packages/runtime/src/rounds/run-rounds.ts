// The round loop, the same on every runtime: sample a cohort, run the round, keep the state, write the
// checkpoint, tell the caller. Given the same seed it ends in the same bits, also after a restart.
import type { Engine } from '@starling/compute';
import {
  type FederatedComputation,
  type HostValue,
  type IterativeProcess,
  type Seed,
  StarlingError,
  seedFrom,
  type Value,
} from '@starling/federated-core';
import { leafCount, leafNames, roundSeed, unflatten } from '@starling/federated-core/plan';
import { createPlanRunner, type Leaves, type PlanRunner } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import type { Checkpoint } from '../checkpoints/checkpoint-store.js';
import type { RunIdentity } from '../checkpoints/run-identity.js';
import { createEngine } from '../engines/engines.js';
import { doneLineOf, failedLineOf, failedRoundLineOf, roundLineOf } from '../record/lines.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { RecordLine } from '../record/record-line.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import { serverVectors } from '../simd/server-vectors.js';
import { BestKeeper } from './best-keeper.js';
import { isOfEvaluation, type StopReason } from './best-rule.js';
import { checkPossible } from './check-possible.js';
import { checkRun } from './check-run.js';
import { type CompiledEvaluation, compileEvaluation } from './compile-evaluation.js';
import { type CompiledRun, compileRun } from './compile-run.js';
import { evaluateRound } from './evaluate-round.js';
import { createStateEvaluator, type StateEvaluator } from './evaluate-state.js';
import { allClients, isDue, isOfClients } from './evaluation.js';
import { initialState } from './initial-state.js';
import { createOutcomes } from './outcomes.js';
import { resumeRun } from './resume-run.js';
import { isRoundFailure } from './round-failure.js';
import { runLineOf } from './run-line.js';
import type { RoundMetricsOf, RoundRecord, RunOptions, RunResult, StateValueOf } from './run-options.js';
import { runRound } from './run-round.js';
import { sampleCohort } from './sample-cohort.js';
import { unlessAborted } from './unless-aborted.js';

/**
 * Runs a process or a computation round by round. Throws what a round throws (see `runRound`), a `CheckpointError`
 * where the checkpoint found is of another run (see `RunIdentity`), a `RangeError` if an option is of another kind or
 * out of its range, and, before anything runs, a `StarlingError` with code `impossible-rounds` if more clients must
 * report than are ever asked.
 */
export async function runRounds<P extends IterativeProcess = never, C extends FederatedComputation = never>(
  options: RunOptions<P, C>,
): Promise<RunResult<StateValueOf<P, C>, RoundMetricsOf<P, C>>> {
  // What is run is not known by its type from here on.
  const result = await runUntyped(options as unknown as RunOptions);
  return result as RunResult<StateValueOf<P, C>, RoundMetricsOf<P, C>>;
}

async function runUntyped(options: RunOptions): Promise<RunResult> {
  checkRun(options);
  const { runtime, engine: given, clock = () => performance.now() } = options;
  const start = clock();
  const run = compileRun(options);
  const seed = seedFrom(options.seed);
  checkPossible(options, seed);
  const asked = evaluationOnClients(run, options);
  const { checkpoint, identity } = await resumeRun(run, options, asked?.plan.hash ?? null);
  const population = allClients(options);
  // Workers or sockets come up while the server's own programs are loaded.
  const opening = runtime.open(asked?.joined ?? run.plan, population);
  opening.catch(() => {}); // thrown where it is awaited
  let owned: Engine | null = null;
  let server: PlanRunner | null = null;
  let evaluator: StateEvaluator | null = null;
  let loop: RoundLoop | null = null;
  try {
    owned = given === undefined || typeof given === 'string' ? await createEngine(given) : null;
    const engine = owned ?? (given as Engine);
    server = await createPlanRunner(run.plan, engine, ['server', 'aggregation'], serverVectors());
    const state = checkpoint?.leaves ?? (await initialState(run, engine, seed));
    const from = checkpoint?.round ?? 0;
    if (options.evaluation !== undefined && run.stateType !== null) {
      evaluator = await createStateEvaluator(run, options.evaluation, asked, { engine, seed, population });
    }
    const keeper = options.best === undefined ? null : new BestKeeper(options.best, checkpoint?.best);
    const parts = { options, compiled: run, server, evaluator, keeper, clock, seed, identity };
    loop = new RoundLoop(parts, from, state);
    if (isRecorded(options)) {
      const facts = { from, identity, engine: engine.description, evaluation: asked?.plan ?? null };
      await tell(options, await runLineOf(run, options, facts));
    }
    await loop.run(await opening);
    const result = { ...(await loop.result()), wallMs: clock() - start };
    if (isRecorded(options)) {
      await tellEnd(
        options,
        result.failure === null ? doneLineOf(result) : failedLineOf(result.failure, result),
      );
    }
    return result;
  } catch (error) {
    if (loop !== null && isRecorded(options)) {
      const end = failedLineOf(error, { ...loop.counts(), wallMs: clock() - start });
      await tellEnd(options, end).catch(() => {}); // what ended the run is the error to throw
    }
    throw error;
  } finally {
    const session = await opening.catch(() => null);
    await session?.close();
    await evaluator?.dispose();
    await server?.dispose();
    await owned?.dispose();
  }
}

/** Whether anybody asks for the lines of the record: else none is made. */
function isRecorded({ checkpoints, onRecord }: RunOptions): boolean {
  return checkpoints !== undefined || onRecord !== undefined;
}

async function tell({ checkpoints, onRecord }: RunOptions, line: RecordLine): Promise<void> {
  await checkpoints?.record(line);
  await onRecord?.(line);
}

async function tellEnd(options: RunOptions, line: RecordLine): Promise<void> {
  await tell(options, line);
  await options.checkpoints?.flush();
}

/** What stays the same from round to round. */
interface RoundLoopParts {
  readonly options: RunOptions;
  readonly compiled: CompiledRun;
  readonly server: PlanRunner;
  /** `null` without an evaluation. */
  readonly evaluator: StateEvaluator | null;
  /** `null` if no state is to be found the best. */
  readonly keeper: BestKeeper | null;
  readonly clock: () => number;
  readonly seed: Seed;
  readonly identity: RunIdentity | null;
}

class RoundLoop {
  private readonly outcomes = createOutcomes();
  /** Of the round at hand, as far as it has come. */
  private reports: readonly RoundReport[] = [];
  private last: { metrics: HostValue | null; evaluation: HostValue | null; result: Leaves } = {
    metrics: null,
    evaluation: null,
    result: [],
  };
  private interrupted = false;

  constructor(
    private readonly parts: RoundLoopParts,
    private round: number,
    private state: Leaves,
  ) {}

  async run(session: RuntimeSession): Promise<void> {
    const { rounds, signal } = this.parts.options;
    while (this.round < rounds && !this.interrupted && this.stopped === null) {
      if (signal?.aborted) this.interrupt(signal);
      else {
        const start = this.parts.clock();
        const round = this.round + 1;
        this.reports = [];
        try {
          await this.step(session, round, start);
        } catch (error) {
          if (this.round === round) throw error; // the round is committed: an observer threw
          session.settled?.({ run: '', round, attempt: 1, counted: false });
          await this.failed(error, start);
        }
      }
    }
  }

  private get stopped(): StopReason | null {
    return this.parts.keeper?.stop ?? null;
  }

  /** Rounds done, and how many of this run's failed. */
  counts(): Pick<RunResult, 'rounds' | 'failedRounds'> {
    return { rounds: this.round, failedRounds: this.outcomes.failedRounds };
  }

  async result(): Promise<Omit<RunResult, 'wallMs'>> {
    const { keeper, options, compiled } = this.parts;
    const state = compiled.stateType === null ? this.last.result : this.state;
    const { metrics, evaluation } = this.last;
    const kept = async (): Promise<Leaves | null> => (await options.checkpoints?.best?.())?.leaves ?? null;
    const best = (await keeper?.best(kept)) ?? null;
    return {
      ...this.counts(),
      state,
      stateValue: valueOfState(compiled, state),
      metrics,
      evaluation,
      stateHash: stateHash(state),
      interrupted: this.interrupted,
      stopped: this.stopped,
      best: best === null ? null : { ...best, stateValue: valueOfState(compiled, best.state) },
      failure: this.interrupted ? null : this.outcomes.failure(),
    };
  }

  private async step(session: RuntimeSession, round: number, start: number): Promise<void> {
    const { compiled, options } = this.parts;
    const running = runRound({
      plan: compiled.plan,
      server: this.parts.server,
      session,
      round,
      seed: roundSeed(this.parts.seed, round),
      population: options.population,
      cohort: sampleCohort(options, this.parts.seed, round),
      serverInput: compiled.serverInput(this.state),
      minReports: options.minReports ?? 0,
      onReports: (reports) => {
        this.reports = reports;
      },
    });
    const outcome = await unlessAborted(running, options.signal);
    if (outcome === null) return this.interrupt(options.signal!);
    const wallMs = this.parts.clock() - start;
    const state = compiled.stateOf(outcome.result);
    compiled.checkState(state, `finish round ${round}`);
    const metrics = compiled.metricsOf(outcome.result);
    const evaluated = await evaluateRound(this.parts.evaluator, options, session, round, state);
    if (evaluated === null) return this.interrupt(options.signal!);
    const record: RoundRecord = { round, metrics, ...evaluated, reports: outcome.reports, state, wallMs };
    this.parts.keeper?.see(round, record, state, isInTurn(options, round));
    const line = isRecorded(options) ? roundLineOf(record) : null;
    await this.commit(round, state, line);
    this.round = round;
    this.state = state;
    session.settled?.({ run: '', round, attempt: 1, counted: true });
    const { evaluation = this.last.evaluation } = record;
    this.last = { metrics, evaluation, result: outcome.result };
    this.outcomes.add(outcome.reports);
    if (line !== null) await options.onRecord?.(line);
    await options.onRound?.(record);
  }

  /** Ends the run with the state that it has; throws what the signal was aborted with, where that says why. */
  private interrupt({ reason }: AbortSignal): void {
    if (reason instanceof StarlingError) throw reason;
    this.interrupted = true;
  }

  /** The state stays as it was; throws the error if it ends the run, or nothing listens for failed rounds. */
  private async failed(error: unknown, start: number): Promise<void> {
    const { reports } = this;
    const { options } = this.parts;
    const facts = { round: this.round + 1, reports, wallMs: this.parts.clock() - start };
    this.outcomes.add(reports, { error });
    if (isRecorded(options)) await tell(options, failedRoundLineOf({ ...facts, error }));
    if (options.onFailedRound === undefined || !isRoundFailure(error)) throw error;
    await options.onFailedRound({ ...facts, error });
    this.round++;
  }

  private async commit(round: number, state: Leaves, line: RecordLine | null): Promise<void> {
    const { keeper, compiled, identity, options } = this.parts;
    const { checkpoints, checkpointEvery = 1, rounds } = options;
    if (checkpoints === undefined) return;
    if (line !== null) await checkpoints.record(line);
    if (round % checkpointEvery !== 0 && round !== rounds && this.stopped === null) return;
    const common = {
      identity: identity!,
      names: compiled.stateType === null ? [] : leafNames(compiled.stateType),
    };
    const checkpoint: Checkpoint = { ...common, round, leaves: state };
    if (keeper === null) return checkpoints.save(checkpoint);
    const best = keeper.takeUnsaved();
    await checkpoints.save(
      { ...checkpoint, best: keeper.progress },
      ...(best === null ? [] : [{ ...common, round: best.round, leaves: best.state }]),
    );
  }
}

/** What clients are asked besides rounds; `null` for nothing. */
function evaluationOnClients(run: CompiledRun, { evaluation }: RunOptions): CompiledEvaluation | null {
  return evaluation !== undefined && isOfClients(evaluation) ? compileEvaluation(run, evaluation) : null;
}

/** Whether a run of more rounds would measure this one, too. */
function isInTurn({ evaluation, best }: RunOptions, round: number): boolean {
  return evaluation === undefined || !isOfEvaluation(best!) || isDue(evaluation, round);
}

/** Of a computation its last result, `null` if there is none. */
function valueOfState({ stateType, plan }: CompiledRun, state: Leaves): Value | null {
  const type = stateType ?? plan.plan.result;
  return stateType === null && state.length !== leafCount(type) ? null : unflatten(type, state);
}
