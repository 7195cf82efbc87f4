// The round loop, the same on every runtime: it does what the machine of a run says (attempts, commits, waits) and
// tells it what came of that. All that outlives it goes through its ledger, and is told to nobody before.
// Long because a run is one story: an attempt, what is written of it, who is told.
import { type HostValue, type Seed, StarlingError } from '@starling/federated-core';
import { leafNames } from '@starling/federated-core/plan';
import type { Leaves, PlanRunner } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import {
  type AttemptPlan,
  createRunMachine,
  type RoundSettings,
  type RunAction,
  type RunEvent,
  type RunMachine,
} from '@starling/rounds';
import { StoreFailedError } from '@starling/store';
import { decodeState } from '../kept/state-file.js';
import { doneLineOf, failedLineOf, failedRoundLineOf, roundLineOf } from '../record/lines.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { DoneLine, FailedLine, FailedRoundLine, RoundLine } from '../record/record-line.js';
import { ServerCrashError } from '../runtime/errors.js';
import type { PhaseFaults } from '../runtime/phase-faults.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import type { BestKeeper } from './best-keeper.js';
import type { StopReason } from './best-rule.js';
import type { CompiledRun } from './compile-run.js';
import { evaluateRound } from './evaluate-round.js';
import type { StateEvaluator } from './evaluate-state.js';
import { cohortDigest, indicesOf, isRefusal, type Ledger } from './ledger.js';
import { namedSession } from './named-session.js';
import { createOutcomes } from './outcomes.js';
import type { RunStart } from './resume-run.js';
import { fatesOf, isInTurn, lastOf, NOBODY, valueOfState } from './round-facts.js';
import { isRoundFailure } from './round-failure.js';
import type { FailedRound, RoundRecord, RunOptions, RunResult } from './run-options.js';
import { runRound } from './run-round.js';
import { drawCohort, sampleCohort } from './sample-cohort.js';
import { unlessAborted } from './unless-aborted.js';
import { wakeUp } from './wake-up.js';

/** What stays the same from round to round. */
export interface RoundLoopParts {
  readonly options: RunOptions;
  readonly compiled: CompiledRun;
  readonly server: PlanRunner;
  /** `null` without an evaluation. */
  readonly evaluator: StateEvaluator | null;
  /** `null` if no state is to be found the best. */
  readonly keeper: BestKeeper | null;
  /** `null` if the run is kept nowhere. */
  readonly ledger: Ledger | null;
  readonly settings: RoundSettings;
  readonly seed: Seed;
  readonly start: RunStart;
  /** Whether anybody asks for the lines of the record: else none is made. */
  readonly isRecorded: boolean;
  readonly clock: () => number;
  /** When the run began, by that clock. */
  readonly began: number;
}

/** A new state that does not count yet. */
interface Ran {
  readonly record: RoundRecord;
  readonly result: Leaves;
  readonly line: RoundLine | null;
}

type Failing = Omit<FailedRound, 'retryMs'> & { readonly line: FailedRoundLine | null };

export class RoundLoop {
  private readonly machine: RunMachine;
  private readonly outcomes = createOutcomes();
  private round: number;
  /** Of a computation: none. */
  private state: Leaves;
  private last: { metrics: HostValue | null; evaluation: HostValue | null; result: Leaves };
  /** Of the attempt at hand, as far as it has come. */
  private reports: readonly RoundReport[] = [];
  private faults: PhaseFaults | undefined;
  private ran: Ran | null = null;
  private failing: Failing | null = null;
  /** What the sampler threw. */
  private drawing: { readonly error: unknown } | null = null;
  private refusal: StoreFailedError | null = null;
  /** Who has come and gone since the machine was last told: in mode `present`. */
  private readonly news: RunEvent[] = [];
  private wake: () => void = () => {};
  private failure: unknown = null;
  private interrupted = false;
  /** The last line, once it is written. */
  private endLine: DoneLine | FailedLine | null = null;

  /** `leaves`: of the state, or of a computation's last result. */
  constructor(
    private readonly parts: RoundLoopParts,
    leaves: Leaves,
  ) {
    const { settings, seed, start, compiled, keeper } = parts;
    this.round = start.round;
    this.state = compiled.stateType === null ? [] : leaves;
    this.last = { metrics: null, evaluation: null, result: compiled.stateType === null ? leaves : [] };
    // A run that has found what it looked for has no further round.
    const rounds = keeper?.stop == null ? settings.rounds : start.round;
    this.machine = createRunMachine({
      settings: { ...settings, rounds },
      seed,
      draw: (round, from) => this.draw(round, from),
    });
  }

  /** Whether the run has come to its end, so that it will not be taken up again as it is. */
  get isOver(): boolean {
    return !this.interrupted && this.refusal === null;
  }

  /** Throws what ends the run. */
  async run(session: RuntimeSession): Promise<void> {
    const { options, start, settings } = this.parts;
    if (session.ready !== undefined && start.round < settings.rounds) {
      await unlessAborted(session.ready(), options.signal);
    }
    const { round, failed, hadFailed: hadEnded } = start;
    if (settings.mode === 'present') this.watch(session);
    let actions = this.machine.handle(
      { kind: 'started', round, attempt: this.begun(), failed, hadEnded },
      now(),
    );
    for (;;) {
      let answer: RunEvent | null = null;
      for (const action of actions) answer = (await this.perform(action, session)) ?? answer;
      if (this.machine.state === 'done') return;
      const event = answer ?? (await this.wait());
      actions = [...this.heard(), ...this.machine.handle(event, now())];
    }
  }

  private watch(session: RuntimeSession): void {
    if (session.present === undefined) {
      const { name } = this.parts.options.runtime;
      throw new StarlingError(
        'bad-run',
        `Cannot run rounds with clients that are present: need a runtime whose clients come and go, such as websocket, got ${name}`,
      );
    }
    session.present((client, isThere) => {
      this.news.push({ kind: isThere ? 'joined' : 'left', client });
      this.wake();
    });
  }

  private heard(): readonly RunAction[] {
    return this.news.splice(0).flatMap((event) => this.machine.handle(event, now()));
  }

  async result(): Promise<Omit<RunResult, 'wallMs'>> {
    const { keeper, options, compiled, start } = this.parts;
    const state = compiled.stateType === null ? this.last.result : this.state;
    const { metrics, evaluation } = this.last;
    const kept = async (round: number): Promise<Leaves | null> => {
      const bytes = (await options.store?.state(start.id, round)) ?? null;
      return bytes === null ? null : decodeState(bytes).leaves;
    };
    const best = (await keeper?.best(kept)) ?? null;
    return {
      rounds: this.round,
      failedRounds: this.outcomes.failedRounds,
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

  /** Tells of the end of a run that has a result. */
  async end(): Promise<void> {
    const { isRecorded, options, ledger } = this.parts;
    if (!isRecorded) return;
    if (this.endLine === null) {
      const line = await this.doneLine();
      const reason = `stopped after ${this.round} rounds`;
      await ledger?.end({ outcome: 'stopped', code: 'interrupted', reason }, line);
      this.endLine = line;
    }
    await options.onRecord?.(this.endLine);
  }

  /** The same of a run that ends by an error; what is in doubt is left to the next start. */
  async endBy(error: unknown): Promise<void> {
    const { isRecorded, options, ledger } = this.parts;
    if (!isRecorded || error instanceof ServerCrashError) return; // the dead tell nothing
    if (this.endLine === null) {
      const line = this.failedLine(error);
      const { code, message: reason } = line;
      const end = { outcome: 'failed', code: code ?? 'error', reason } as const;
      if (this.refusal === null) await ledger?.end(end, line).catch(() => {});
      this.endLine = line;
    }
    await options.onRecord?.(this.endLine);
  }

  private get stopped(): StopReason | null {
    return this.parts.keeper?.stop ?? null;
  }

  /** The attempt that an earlier process left open: begun again, if the sampler still gives its cohort. */
  private begun(): AttemptPlan | null {
    const { attempt } = this.parts.start;
    if (attempt === null) return null;
    const { round, attempt: number, cohort, seed } = attempt;
    const { options, seed: from } = this.parts;
    const again =
      cohort.clients === undefined
        ? sampleCohort(options, from, round, number)
        : indicesOf(cohort.clients, options.population);
    return cohortDigest(again) === cohort.digest ? { round, attempt: number, cohort: again, seed } : null;
  }

  private draw(round: number, from: Seed): readonly number[] {
    try {
      return drawCohort(this.parts.options, from, round);
    } catch (error) {
      this.drawing = { error }; // thrown before the attempt begins: the commit before it is still to be told
      return [];
    }
  }

  /** Gives the answer to an action that asks for one. */
  private async perform(action: RunAction, session: RuntimeSession): Promise<RunEvent | null> {
    switch (action.kind) {
      case 'store':
        return this.write(action);
      case 'run':
        return this.attempt(action.attempt, session);
      case 'committed':
        await this.committed(session);
        return null;
      case 'attempt-failed':
        await this.failed(action, session);
        return null;
      case 'abandon':
        return null;
      case 'done':
        if (action.outcome === 'failed') throw this.failure;
        if (this.refusal !== null) throw this.givenUp(this.refusal);
        return null;
      default:
        return action satisfies never;
    }
  }

  private async write(action: RunAction & { readonly kind: 'store' }): Promise<RunEvent> {
    const { signal } = this.parts.options;
    if (action.write === 'attempt') {
      if (this.drawing !== null) throw this.drawing.error;
      if (signal?.aborted) return this.interrupt(signal);
    }
    try {
      const { ledger } = this.parts;
      if (ledger !== null || action.write === 'end') await this.writeNow(ledger, action);
      this.refusal = null;
      return { kind: 'stored' };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.refusal = error;
      return { kind: 'store-refused', reason: error.message };
    }
  }

  private async writeNow(
    ledger: Ledger | null,
    action: RunAction & { readonly kind: 'store' },
  ): Promise<void> {
    switch (action.write) {
      case 'attempt':
        return ledger?.begin(action.attempt);
      case 'failure':
        return ledger?.fail(this.failing!.line!, action.code);
      case 'commit': {
        const { compiled, keeper } = this.parts;
        const { record, line, result } = this.ran!;
        const { round, attempt, counted, refused } = action;
        const isProcess = compiled.stateType !== null;
        return ledger?.commit({
          ...{ round, attempt, counted, refused },
          line: line!,
          state: isProcess ? record.state : result,
          names: leafNames(compiled.stateType ?? compiled.plan.plan.result),
          isKept: this.isKept(round),
          best: keeper?.progress ?? null,
        });
      }
      case 'end': {
        if (!this.parts.isRecorded) return;
        const { outcome, code, reason } = action;
        const line = outcome === 'failed' ? this.failedLine(this.failure) : await this.doneLine();
        const end =
          line.type === 'failed'
            ? { outcome: 'failed' as const, code: line.code ?? code, reason: line.message }
            : { outcome, code, reason };
        await ledger?.end(end, line);
        this.endLine = line;
        return;
      }
      default:
        return action satisfies never;
    }
  }

  private isKept(round: number): boolean {
    const { options, keeper } = this.parts;
    const { checkpointEvery = 1, rounds } = options;
    const isLast = round === rounds || this.stopped !== null;
    return round % checkpointEvery === 0 || isLast || keeper?.progress.round === round;
  }

  /** Has the cohort work: the new state, which does not count yet, or the failure. */
  private async attempt(plan: AttemptPlan, session: RuntimeSession): Promise<RunEvent> {
    const { compiled, options, clock, start, server, settings } = this.parts;
    const { round, attempt, cohort, seed } = plan;
    const goal = settings.mode === 'present' ? settings.cohortSize : null;
    const named = namedSession(session, { run: start.id, attempt }, goal);
    const { signal } = options;
    const began = clock();
    this.reports = [];
    this.faults = undefined;
    let result: Leaves;
    let state: Leaves;
    let reports: readonly RoundReport[];
    let wallMs: number;
    try {
      const running = runRound({
        plan: compiled.plan,
        server,
        session: named,
        round,
        seed,
        population: options.population,
        cohort,
        serverInput: compiled.serverInput(this.state),
        minReports: settings.minReports,
        onReports: (told, faults) => {
          this.reports = told;
          this.faults = faults;
        },
      });
      const outcome = await unlessAborted(running, signal);
      if (outcome === null) return this.interrupt(signal!);
      ({ result, reports } = outcome);
      wallMs = clock() - began;
      state = compiled.stateOf(result);
      compiled.checkState(state, `finish round ${round}`);
    } catch (error) {
      const { reports, ...simulated } = this.toldSoFar();
      return this.failedBy(error, { round, attempt, reports, ...simulated, wallMs: clock() - began });
    }
    const metrics = compiled.metricsOf(result);
    const evaluated = await evaluateRound(this.parts.evaluator, options, named, round, state);
    if (evaluated === null) return this.interrupt(signal!);
    const record: RoundRecord = { round, attempt, metrics, ...evaluated, ...this.toldSoFar(), state, wallMs };
    this.parts.keeper?.see(round, record, state, isInTurn(options, round));
    this.ran = { record, result, line: this.parts.isRecorded ? roundLineOf(record) : null };
    const { stopped } = this;
    const enough = stopped === null ? null : { code: stopped, reason: `${round} rounds` };
    return { kind: 'ran', ...(this.parts.ledger === null ? NOBODY : fatesOf(reports)), enough };
  }

  /** What became of the cohort of the attempt at hand. */
  private toldSoFar(): Pick<RoundRecord, 'reports' | 'faults'> {
    const { reports, faults } = this;
    return { reports, ...(faults !== undefined && { faults }) };
  }

  /** Throws an error that is not of the round alone: then the attempt is left open, for the next start. */
  private failedBy(error: unknown, facts: Omit<Failing, 'error' | 'line'>): RunEvent {
    if (!isRoundFailure(error)) throw error;
    const failing = { ...facts, error };
    this.failing = { ...failing, line: this.parts.isRecorded ? failedRoundLineOf(failing) : null };
    return { kind: 'failed', code: error.code, reason: error.message };
  }

  private async committed(session: RuntimeSession): Promise<void> {
    const { options, start } = this.parts;
    const { record, result, line } = this.ran!;
    const { round, attempt, state, metrics, evaluation = this.last.evaluation, reports } = record;
    this.ran = null;
    this.round = round;
    this.state = state;
    this.last = { metrics, evaluation, result };
    this.outcomes.add(reports);
    session.settled?.({ run: start.id, round, attempt, counted: true });
    if (line !== null) await options.onRecord?.(line);
    await options.onRound?.(record);
  }

  private async failed(
    { retryMs }: RunAction & { readonly kind: 'attempt-failed' },
    session: RuntimeSession,
  ): Promise<void> {
    const { options, start } = this.parts;
    const { line, ...failed } = this.failing!;
    const { round, attempt, error, reports } = failed;
    this.failing = null;
    this.outcomes.add(reports, { error });
    if (retryMs === null) this.failure = lastOf(error, attempt);
    session.settled?.({ run: start.id, round, attempt, counted: false });
    if (line !== null) await options.onRecord?.(line);
    await options.onFailedRound?.({ ...failed, retryMs });
  }

  /** Ends the run with the state that it has; throws what the signal was aborted with, where that says why. */
  private interrupt({ reason }: AbortSignal): RunEvent {
    if (reason instanceof StarlingError) throw reason;
    this.interrupted = true;
    return { kind: 'stop', reason: 'interrupted' };
  }

  private async wait(): Promise<RunEvent> {
    const { signal } = this.parts.options;
    const at = this.machine.wakeAt;
    if (this.news.length === 0) {
      await wakeUp(at === null ? null : at - now(), signal, (wake) => {
        this.wake = wake;
      });
    }
    return signal?.aborted ? this.interrupt(signal) : { kind: 'tick' };
  }

  private givenUp(cause: StoreFailedError): StoreFailedError {
    const next = this.round + 1;
    return new StoreFailedError(
      `Cannot continue after round ${this.round}: ${cause.message}, time and again; all ${this.round} rounds before are kept, and the run continues with round ${next} when it is started again`,
      { cause },
    );
  }

  private failedLine(error: unknown): FailedLine {
    return failedLineOf(error, {
      rounds: this.round,
      failedRounds: this.outcomes.failedRounds,
      wallMs: this.wallMs(),
    });
  }

  /** Of a run that came to nothing it is a failed one. */
  private async doneLine(): Promise<DoneLine | FailedLine> {
    const result = await this.result();
    return result.failure === null
      ? doneLineOf({ ...result, wallMs: this.wallMs() })
      : this.failedLine(result.failure);
  }

  private wallMs(): number {
    return this.parts.clock() - this.parts.began;
  }
}

/** For the waits of the machine: monotonic, milliseconds. */
function now(): number {
  return performance.now();
}
