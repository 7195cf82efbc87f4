// The round loop, the same on every runtime: sample a cohort, run the round, keep the state, write the
// checkpoint, tell the caller. Given the same seed it ends in the same bits, also after a restart.
import type { Engine } from '@starling/compute';
import {
  deriveSeed,
  EmptyAggregateError,
  type HostValue,
  type LocalRunner,
  NonFiniteError,
  OverflowError,
  type Seed,
  StarlingError,
  seedFrom,
} from '@starling/federated-core';
import { leafNames, roundSeed, serverSeed, unflatten } from '@starling/federated-core/plan';
import { createPlanRunner, type Leaves, type PlanRunner } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import type { RunIdentity } from '../checkpoints/run-identity.js';
import { createEngine } from '../engines/engines.js';
import { doneLineOf, failedLineOf, failedRoundLineOf, roundLineOf } from '../record/lines.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { RecordLine } from '../record/record-line.js';
import { TooFewReportsError } from '../runtime/errors.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import { serverVectors } from '../simd/server-vectors.js';
import { checkPossible } from './check-possible.js';
import { checkRun } from './check-run.js';
import { type CompiledRun, compileRun } from './compile-run.js';
import { createOutcomes } from './outcomes.js';
import { resumeRun } from './resume-run.js';
import { runLineOf } from './run-line.js';
import type { RoundRecord, RunOptions, RunResult } from './run-options.js';
import { runRound } from './run-round.js';
import { sampleCohort } from './sample-cohort.js';

/**
 * Runs a process or a computation round by round. Throws what a round throws (see `runRound`), a `CheckpointError`
 * where the checkpoint found is of another run (see `RunIdentity`), a `RangeError` if an option is of another kind or
 * out of its range, and, before anything runs, a `StarlingError` with code `impossible-rounds` if more clients must
 * report than are ever asked.
 */
export async function runRounds(options: RunOptions): Promise<RunResult> {
  checkRun(options);
  const { runtime, population, engine: given, clock = () => performance.now() } = options;
  const start = clock();
  const run = compileRun(options);
  const seed = seedFrom(options.seed);
  checkPossible(options, seed);
  const { checkpoint, identity } = await resumeRun(run, options);
  // Workers or sockets come up while the server's own programs are loaded.
  const opening = runtime.open(run.plan, population);
  opening.catch(() => {}); // thrown where it is awaited
  let owned: Engine | null = null;
  let server: PlanRunner | null = null;
  let loop: RoundLoop | null = null;
  try {
    owned = given === undefined || typeof given === 'string' ? await createEngine(given) : null;
    const engine = owned ?? (given as Engine);
    server = await createPlanRunner(run.plan, engine, ['server', 'aggregation'], serverVectors());
    const state = checkpoint?.leaves ?? (await initialState(run, engine, seed));
    const from = checkpoint?.round ?? 0;
    const local = options.evaluation === undefined ? null : await localRunnerOn(engine);
    loop = new RoundLoop({ options, compiled: run, server, local, clock, seed, identity }, from, state);
    if (isRecorded(options)) {
      await tell(options, await runLineOf(run, options, { from, identity, engine: engine.description }));
    }
    await loop.run(await opening);
    const result = { ...loop.result(), wallMs: clock() - start };
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
  /** Runs the evaluation; `null` without one. */
  readonly local: LocalRunner | null;
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
    while (this.round < rounds && !this.interrupted) {
      if (signal?.aborted) this.interrupt(signal);
      else {
        const start = this.parts.clock();
        const round = this.round + 1;
        this.reports = [];
        try {
          await this.step(session, round, start);
        } catch (error) {
          if (this.round === round) throw error; // the round is committed: an observer threw
          await this.failed(error, start);
        }
      }
    }
  }

  /** Rounds done, and how many of this run's failed. */
  counts(): Pick<RunResult, 'rounds' | 'failedRounds'> {
    return { rounds: this.round, failedRounds: this.outcomes.failedRounds };
  }

  result(): Omit<RunResult, 'wallMs'> {
    const state = this.parts.compiled.stateType === null ? this.last.result : this.state;
    const { metrics, evaluation } = this.last;
    return {
      ...this.counts(),
      state,
      metrics,
      evaluation,
      stateHash: stateHash(state),
      interrupted: this.interrupted,
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
    const outcome =
      options.signal === undefined ? await running : await unlessAborted(running, options.signal);
    if (outcome === null) return this.interrupt(options.signal!);
    const wallMs = this.parts.clock() - start;
    const state = compiled.stateOf(outcome.result);
    compiled.checkState(state, `finish round ${round}`);
    const metrics = compiled.metricsOf(outcome.result);
    const evaluation = await this.evaluate(round, state);
    const record: RoundRecord = {
      round,
      metrics,
      ...(evaluation === null ? {} : { evaluation }),
      reports: outcome.reports,
      state,
      wallMs,
    };
    const line = isRecorded(options) ? roundLineOf(record) : null;
    await this.commit(round, state, line);
    this.round = round;
    this.state = state;
    this.last = { metrics, evaluation: evaluation ?? this.last.evaluation, result: outcome.result };
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

  private async evaluate(round: number, state: Leaves): Promise<HostValue | null> {
    const { evaluation, rounds } = this.parts.options;
    const { stateType } = this.parts.compiled;
    if (evaluation === undefined || this.parts.local === null || stateType === null) return null;
    if (round % evaluation.every !== 0 && round !== rounds) return null;
    return evaluation.run(unflatten(stateType, state), round, this.parts.local);
  }

  private async commit(round: number, state: Leaves, line: RecordLine | null): Promise<void> {
    const { checkpoints, checkpointEvery = 1, rounds } = this.parts.options;
    if (checkpoints === undefined) return;
    if (line !== null) await checkpoints.record(line);
    if (round % checkpointEvery !== 0 && round !== rounds) return;
    const { stateType } = this.parts.compiled;
    await checkpoints.save({
      round,
      identity: this.parts.identity!,
      names: stateType === null ? [] : leafNames(stateType),
      leaves: state,
    });
  }
}

/** Lowering is loaded only where something is evaluated: plans come lowered. */
async function localRunnerOn(engine: Engine): Promise<LocalRunner> {
  const { localRunner } = await import('@starling/compute');
  return localRunner(engine);
}

async function initialState(run: CompiledRun, engine: Engine, seed: Seed): Promise<Leaves> {
  const { initialize } = run;
  if (initialize === null) return [];
  const runner = await createPlanRunner(initialize, engine, ['server']);
  const state = await runner.apply([], [], serverSeed(deriveSeed(seed, 'initialize')));
  await runner.dispose();
  run.checkState(state, 'start');
  return state;
}

function isRoundFailure(error: unknown): error is StarlingError {
  return (
    error instanceof TooFewReportsError ||
    error instanceof EmptyAggregateError ||
    error instanceof OverflowError ||
    error instanceof NonFiniteError
  );
}

/** The outcome of `running`, or `null` if the signal came first: then nobody waits for it any more. */
function unlessAborted<T>(running: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(null);
    signal.addEventListener('abort', abort, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
