// How far a run has come, and how it ends: what of it is written, and who hears it. All that outlives the process goes
// through the ledger, and is told to nobody before.
import { type HostValue, StarlingError } from '@starling/federated-core';
import { leafNames } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import type { RunAction } from '@starling/rounds';
import { type CountedVersions, StoreDamagedError, type StoreFailedError } from '@starling/store';
import type { RoundDetails } from '../kept/round-details.js';
import { decodeState } from '../kept/state-file.js';
import { doneLineOf, failedLineOf } from '../record/lines.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { DoneLine, FailedLine } from '../record/record-line.js';
import { ServerCrashError } from '../runtime/errors.js';
import type { RuntimeSession, StepFacts } from '../runtime/runtime.js';
import type { StopReason } from './best-rule.js';
import { checkHeadline } from './check-headline.js';
import { listOfLeaves } from './list-of-leaves.js';
import { observedRecord } from './observed-record.js';
import { createOutcomes } from './outcomes.js';
import { createOwnFields, withOwnFields } from './own-fields.js';
import { tellDamage } from './resume-run.js';
import { lastOf, valueOfState } from './round-facts.js';
import type { RunResult } from './run-options.js';
import type { RunParts } from './run-parts.js';
import type { Failing, Ran } from './try-round.js';

const NO_ROUNDS: readonly number[] = [];

type ActionOf<K extends RunAction['kind']> = RunAction & { readonly kind: K };

export class RunProgress {
  /** Rounds that count. */
  round: number;
  /** Of a computation: none. */
  state: Leaves;
  /** Of the attempt at hand, until it counts or has failed. */
  tried: Ran | Failing | null = null;
  /** Ends the run: the error of the last attempt at a round. */
  failure: StarlingError | null = null;
  interrupted = false;
  /** By the disk, of the latest write. */
  refusal: StoreFailedError | null = null;
  /** Whose states are kept, of this start; the first is the one that it began after. */
  private readonly keptRounds: number[];
  private last: { metrics: HostValue | null; evaluation: HostValue | null; result: Leaves };
  private readonly outcomes = createOutcomes();
  private readonly ownFields = createOwnFields();
  private headlineIsKnown = false;
  /** Rounds whose states the store has lost: each is told once. */
  private readonly lostStates = new Set<number>();
  /** The last line, once it is written. */
  private endLine: DoneLine | FailedLine | null = null;

  /** `leaves`: of the state, or of a computation's last result. */
  constructor(
    private readonly parts: RunParts,
    leaves: Leaves,
  ) {
    const { start, compiled } = parts;
    this.round = start.round;
    this.keptRounds = [start.round];
    this.state = compiled.stateType === null ? [] : leaves;
    this.last = { metrics: null, evaluation: null, result: compiled.stateType === null ? leaves : [] };
  }

  /** Why there is no further round, although the run has not had its last. */
  get stopped(): StopReason | null {
    const { keeper, constraints } = this.parts;
    return keeper?.stop ?? (constraints?.isBroken ? 'constraint' : null);
  }

  /** Throws a `StoreFailedError` if the disk refuses. */
  async write(action: ActionOf<'store'>): Promise<void> {
    const { ledger, compiled, keeper, isRecorded, asynchronous } = this.parts;
    const { store } = this.parts.options;
    switch (action.write) {
      case 'attempt':
        return ledger?.begin(action.attempt);
      case 'failure':
        return ledger?.fail((this.tried as Failing).line!, action.code);
      case 'commit': {
        const { record, line, result, versions } = this.tried as Ran;
        const { round, attempt, counted, lost } = action;
        const isProcess = compiled.stateType !== null;
        // What counts from here on is there for good before it counts.
        await this.parts.kept?.store.sync();
        return ledger?.commit({
          ...{ round, attempt, counted, lost },
          line: line!,
          state: isProcess ? record.state : result,
          names: leafNames(compiled.stateType ?? compiled.plan.plan.result),
          isKept: this.isKept(round),
          best: keeper?.progress ?? null,
          inUse: asynchronous?.steps.versionsInUse(store?.keep ?? 1) ?? NO_ROUNDS,
          asynchronous: this.arrivals(record.step),
          versions,
        });
      }
      case 'end': {
        const { outcome, code, reason } = action;
        // None of this process's attempts failed: an earlier one had them all, and was gone before it could end.
        if (outcome === 'failed')
          this.failure ??= new StarlingError(code, `Cannot finish the run: ${reason}`);
        if (!isRecorded) return;
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

  private arrivals(step: StepFacts | undefined): RoundDetails['asynchronous'] | null {
    const inFlight = this.parts.asynchronous?.steps.inFlight;
    return step?.arrivals === undefined || inFlight === undefined
      ? null
      : { arrivals: step.arrivals, inFlight };
  }

  /** The oldest round that this run may be taken up after: without a store, none but the last. */
  get keepFrom(): number {
    const { store } = this.parts.options;
    return store === undefined ? this.round : (this.keptRounds.at(-store.keep) ?? 0);
  }

  /** Lets go of what no start of the run will ask for, of the clients that count in the round that is committed. */
  private async settle(reports: readonly RoundReport[], counted: CountedVersions): Promise<void> {
    const { versions, store } = this.parts.kept!;
    const clients = reports.filter(({ status }) => status === 'accepted').map(({ client }) => client);
    versions.count(clients, counted);
    for (const [index, client] of clients.entries()) {
      await store.settle(client, counted.ids[index]!, this.keepFrom);
    }
  }

  private isKept(round: number): boolean {
    const { options, keeper } = this.parts;
    const { checkpointEvery = 1, rounds } = options;
    const isLast = round === rounds || this.stopped !== null;
    return round % checkpointEvery === 0 || isLast || keeper?.progress.round === round;
  }

  async committed(session: RuntimeSession): Promise<void> {
    const { options, start } = this.parts;
    const { record, result, line, versions } = this.tried as Ran;
    const { round, attempt, state, metrics, evaluation = this.last.evaluation, reports } = record;
    this.tried = null;
    this.round = round;
    this.state = state;
    this.last = { metrics, evaluation, result };
    this.outcomes.add(reports);
    this.outcomes.addEvaluation(record.evaluationReports ?? []);
    this.headlineIsKnown ||= checkHeadline(options, record);
    if (this.isKept(round)) this.keptRounds.push(round);
    if (versions !== null) await this.settle(reports, versions);
    session.settled?.({ run: start.id, round, attempt, counted: true });
    if (line !== null) await options.onRecord?.(line);
    await options.onRound?.(observedRecord(this.parts.compiled, record, result, this.ownFields));
  }

  async failed({ retryMs }: ActionOf<'attempt-failed'>, session: RuntimeSession): Promise<void> {
    const { options, start } = this.parts;
    const { line, failure } = this.tried as Failing;
    const { round, attempt, error, reports } = failure;
    this.tried = null;
    this.outcomes.add(reports, { error });
    if (retryMs === null) this.failure = lastOf(error, attempt);
    session.settled?.({ run: start.id, round, attempt, counted: false });
    if (line !== null) await options.onRecord?.(line);
    await options.onFailedRound?.({ ...failure, retryMs });
  }

  async result(): Promise<Omit<RunResult, 'wallMs'>> {
    const { keeper, compiled } = this.parts;
    const state = compiled.stateType === null ? this.last.result : this.state;
    const { metrics, evaluation } = this.last;
    const best = (await keeper?.best((round) => this.keptState(round))) ?? null;
    return {
      rounds: this.round,
      failedRounds: this.outcomes.failedRounds,
      lost: this.outcomes.lost,
      state: listOfLeaves(compiled.stateType ?? compiled.plan.plan.result, state),
      stateValue: withOwnFields('stateValue', valueOfState(compiled, state)),
      metrics: withOwnFields('metrics', metrics),
      evaluation,
      stateHash: stateHash(state),
      interrupted: this.interrupted,
      stopped: this.stopped,
      best:
        best === null
          ? null
          : { ...best, stateValue: withOwnFields('best.stateValue', valueOfState(compiled, best.state)) },
      constraints: this.parts.constraints?.checked ?? null,
      failure: this.interrupted ? null : this.outcomes.failure(),
    };
  }

  /** `null` if it is not there as it was committed: rounds that count do not come to nothing by that. */
  private async keptState(round: number): Promise<Leaves | null> {
    const { options, start } = this.parts;
    const { store } = options;
    if (store === undefined) return null;
    let reason = 'the file is missing';
    try {
      const bytes = await store.state(start.id, round);
      if (bytes !== null) return decodeState(bytes).leaves;
    } catch (error) {
      if (!(error instanceof StoreDamagedError)) throw error;
      reason = error.message;
    }
    if (this.lostStates.has(round)) return null;
    this.lostStates.add(round);
    tellDamage(options, store, [{ where: `the state of round ${round}, the best one`, reason }]);
    return null;
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

  private failedLine(error: unknown): FailedLine {
    const { failedRounds } = this.outcomes;
    return failedLineOf(error, { rounds: this.round, failedRounds, wallMs: this.wallMs() });
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
