// The round loop, the same on every runtime: it does what the machine of a run says (attempts, commits, waits) and
// tells it what came of that.
import { type Seed, StarlingError } from '@starling/federated-core';
import type { Leaves } from '@starling/plan/runner';
import {
  type Attempt,
  createRunMachine,
  type RunAction,
  type RunEvent,
  type RunMachine,
} from '@starling/rounds';
import { StoreFailedError } from '@starling/store';
import { clientsOf } from '../asynchronous/steps.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import { cohortAsked } from './cohort-asked.js';
import { isRefusal } from './ledger.js';
import { fatesOf, NOBODY } from './round-facts.js';
import type { RunParts } from './run-parts.js';
import { RunProgress } from './run-progress.js';
import { drawCohort } from './sample-cohort.js';
import { type Ran, tryRound } from './try-round.js';
import { unlessAborted } from './unless-aborted.js';
import { wakeUp } from './wake-up.js';

type EventOf<K extends RunEvent['kind']> = RunEvent & { readonly kind: K };

export class RoundLoop {
  private readonly machine: RunMachine;
  readonly progress: RunProgress;
  /** What the sampler threw. */
  private drawing: { readonly error: unknown } | null = null;
  /** What has happened since the machine was last told: who has come and gone, in mode `present`, and pauses. */
  private readonly news: RunEvent[] = [];
  private wake: () => void = () => {};
  private isFinished = false;
  /** Of the attempt at hand. */
  private cohort: readonly number[] = [];

  /** `leaves`: of the state, or of a computation's last result. */
  constructor(
    private readonly parts: RunParts,
    leaves: Leaves,
  ) {
    const { settings, seed, start } = parts;
    this.progress = new RunProgress(parts, leaves);
    // A run that has found what it looked for has no further round.
    const rounds = this.progress.stopped === null ? settings.rounds : start.round;
    this.machine = createRunMachine({
      settings: { ...settings, rounds },
      seed,
      draw: (round, from, attempt) => this.draw(round, from, attempt),
    });
  }

  /** Whether the run has had its last round: one that has failed, or was stopped, is taken up by the next start. */
  get isOver(): boolean {
    return this.isFinished;
  }

  /** Throws what ends the run. */
  async run(session: RuntimeSession): Promise<void> {
    const { options, start, settings } = this.parts;
    if (session.ready !== undefined && start.round < settings.rounds) {
      await unlessAborted(session.ready(), options.signal);
    }
    const { round, failed, hadFailed: hadEnded } = start;
    if (settings.mode === 'present') this.watch(session);
    const { pause } = options;
    if (pause?.isPaused) this.machine.handle({ kind: 'paused' }, now());
    const stopListening = pause?.listen(() => this.tell({ kind: pause.isPaused ? 'paused' : 'resumed' }));
    try {
      await this.turn(session, { round, attempt: this.reopened(), failed, hadEnded });
    } finally {
      stopListening?.();
    }
  }

  private async turn(session: RuntimeSession, found: Omit<EventOf<'started'>, 'kind'>): Promise<void> {
    let actions = this.machine.handle({ kind: 'started', ...found }, now());
    for (;;) {
      let answer: RunEvent | null = null;
      for (const action of actions) answer = (await this.perform(action, session)) ?? answer;
      if (this.machine.state === 'done') return;
      const event = answer ?? (await this.wait());
      actions = [...this.heard(), ...this.machine.handle(event, now())];
    }
  }

  /** The attempt that an earlier process left open, which is begun again with the cohort that it asked. */
  private reopened(): Attempt | null {
    const { start, options, seed: from } = this.parts;
    if (start.attempt === null) return null;
    // Reports that came to a process which is gone count for nothing: others make the attempt.
    if (options.asynchronous?.clock === 'real') return null;
    const { round, attempt, seed } = start.attempt;
    const { asynchronous } = this.parts;
    const cohort = cohortAsked(options, from, start.attempt, asynchronous?.steps);
    return cohort === null ? null : { round, attempt, cohort, seed };
  }

  /** Something has come that the machine may go on by. */
  arrived(): void {
    this.news.push({ kind: 'tick' });
    this.wake();
  }

  private watch(session: RuntimeSession): void {
    if (session.present === undefined) {
      const { name } = this.parts.options.runtime;
      throw new StarlingError(
        'bad-run',
        `Cannot run rounds with clients that are present: need a runtime whose clients come and go, such as websocket, got ${name}`,
      );
    }
    session.present((client, isThere) => this.tell({ kind: isThere ? 'joined' : 'left', client }));
  }

  private tell(event: RunEvent): void {
    this.news.push(event);
    this.wake();
  }

  private heard(): readonly RunAction[] {
    return this.news.splice(0).flatMap((event) => this.machine.handle(event, now()));
  }

  private draw(round: number, from: Seed, attempt: number): readonly number[] | null {
    const { asynchronous } = this.parts;
    try {
      if (asynchronous !== null) {
        const step = asynchronous.steps.at({ round, attempt });
        return step === null ? null : clientsOf(step);
      }
      return drawCohort(this.parts.options, from, round, this.parts.watched?.last);
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
        await this.progress.committed(session);
        return null;
      case 'attempt-failed':
        await this.progress.failed(action, session);
        return null;
      case 'abandon':
        return null;
      case 'done':
        this.isFinished = action.outcome === 'finished';
        if (action.outcome === 'failed') throw this.progress.failure;
        if (this.progress.refusal !== null) throw this.givenUp(this.progress.refusal);
        return null;
      default:
        return action satisfies never;
    }
  }

  private async write(action: RunAction & { readonly kind: 'store' }): Promise<RunEvent> {
    const { signal } = this.parts.options;
    if (action.write === 'attempt') {
      // First: what is at work fails by the signal as well, and so does the step that waits for it.
      if (signal?.aborted) return this.interrupt(signal);
      if (this.drawing !== null) throw this.drawing.error;
    }
    try {
      await this.progress.write(action);
      this.progress.refusal = null;
      // The machine draws the next cohort as soon as it hears of this.
      if (action.write === 'commit') this.remember();
      return { kind: 'stored' };
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.progress.refusal = error;
      return { kind: 'store-refused', reason: error.message };
    }
  }

  private async attempt(plan: Attempt, session: RuntimeSession): Promise<RunEvent> {
    const { progress, parts } = this;
    this.cohort = plan.cohort;
    const tried = await tryRound(parts, plan, progress.state, session, progress.keepFrom);
    if (tried === null) return this.interrupt(parts.options.signal!);
    progress.tried = tried;
    if (tried.kind === 'failed') {
      const { code, message: reason } = tried.failure.error;
      return { kind: 'failed', code, reason };
    }
    const { stopped } = progress;
    const enough = stopped === null ? null : { code: stopped, reason: `${plan.round} rounds` };
    const fates = parts.ledger === null ? NOBODY : fatesOf(tried.record.reports);
    return { kind: 'ran', ...fates, enough };
  }

  /** What the clients of a round that counts have reported, for a sampler that watches it. */
  private remember(): void {
    const { watched } = this.parts;
    if (watched === null) return;
    const { record } = this.progress.tried as Ran;
    const { round, reports, metrics } = record;
    const counted = this.cohort.filter((_, position) => reports[position]!.status === 'accepted');
    watched.add(round, counted, metrics);
  }

  /** Ends the run with the state that it has; throws what the signal was aborted with, where that says why. */
  private interrupt({ reason }: AbortSignal): RunEvent {
    if (reason instanceof StarlingError) throw reason;
    this.progress.interrupted = true;
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
    const { round } = this.progress;
    return new StoreFailedError(
      `Cannot continue after round ${round}: ${cause.message}, time and again; all ${round} rounds before are kept, and the run continues with round ${round + 1} when it is started again`,
      { cause },
    );
  }
}

/** For the waits of the machine: monotonic, milliseconds. */
function now(): number {
  return performance.now();
}
