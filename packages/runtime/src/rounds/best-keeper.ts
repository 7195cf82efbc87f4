// Keeps the best state of a run by its rule, and what its commits need to say of it.
import { warnOnce } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import type { BestProgress } from '../kept/round-details.js';
import {
  type BestRule,
  type Measured,
  measuredValue,
  NOTHING_YET,
  type StopReason,
  stopReason,
  withValue,
} from './best-rule.js';

/** A state that is the best so far. */
export interface FoundState {
  /** After which it was the state. */
  readonly round: number;
  /** Of the rule's metric. */
  readonly value: number;
  /** Its leaves, not copied. */
  readonly state: Leaves;
}

/** The best state of a run; `S` is its type. */
export interface BestState<S = unknown> extends FoundState {
  /** The same as a value of its type, not copied. */
  readonly stateValue: S;
}

export class BestKeeper {
  #progress: BestProgress;
  /** `null` while there is none, and while it lies in a store from which the run was taken up. */
  #state: Leaves | null = null;
  /** Of a last round that is evaluated out of turn: one that continues from here would not have seen it. */
  #outOfTurn: FoundState | null = null;
  #hasSaid = false;

  constructor(
    readonly rule: BestRule,
    progress: BestProgress | null = null,
  ) {
    this.#progress = progress ?? NOTHING_YET;
  }

  /** For a commit: with it a run that is taken up decides as this one. */
  get progress(): BestProgress {
    return this.#progress;
  }

  get stop(): StopReason | null {
    return stopReason(this.rule, this.#progress);
  }

  /** After a round. `inTurn`: whether a longer run would have measured it, too. Throws as `measuredValue` does. */
  see(round: number, measured: Measured, state: Leaves, inTurn: boolean): void {
    const value = measuredValue(this.rule, measured);
    if (value === null) return;
    if (!Number.isFinite(value)) this.#sayNotFinite(round, value);
    const next = withValue(this.rule, this.#progress, round, value);
    const isBest = next.round === round;
    if (!inTurn) {
      this.#outOfTurn = isBest ? { round, value, state } : null;
      return;
    }
    this.#progress = next;
    if (!isBest) return;
    this.#state = state;
  }

  /** Once a run: it may be so in each round that follows. */
  #sayNotFinite(round: number, value: number): void {
    if (this.#hasSaid) return;
    this.#hasSaid = true;
    const { metric, patience } = this.rule;
    const ends = patience === undefined ? '' : `, and ${patience} of them in a row end the run`;
    warnOnce(
      `'${metric}', by which the best state is chosen, is ${value} after round ${round}: such a value is never the best${ends}`,
    );
  }

  /** `load`: gives the leaves of the state after a round from where they are kept. */
  async best(load: (round: number) => Promise<Leaves | null>): Promise<FoundState | null> {
    if (this.#outOfTurn !== null) return this.#outOfTurn;
    const { round, value } = this.#progress;
    if (value === null) return null;
    this.#state ??= await load(round);
    return this.#state === null ? null : { round, value, state: this.#state };
  }
}
