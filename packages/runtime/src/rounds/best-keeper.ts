// Keeps the best state of a run by its rule, and what the checkpoints of the run need to say of it.
import type { Leaves } from '@starling/plan/runner';
import type { BestProgress } from '../checkpoints/checkpoint-store.js';
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
  /** `null` while there is none, and while it lies in a checkpoint that was taken up. */
  #state: Leaves | null = null;
  /** Of a last round that is evaluated out of turn: one that continues from here would not have seen it. */
  #outOfTurn: FoundState | null = null;
  #isSaved = true;

  constructor(
    readonly rule: BestRule,
    progress: BestProgress | null = null,
  ) {
    this.#progress = progress ?? NOTHING_YET;
  }

  /** For a checkpoint: with it a run that is taken up decides as this one. */
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
    const next = withValue(this.rule, this.#progress, round, value);
    const isBest = next.round === round;
    if (!inTurn) {
      this.#outOfTurn = isBest ? { round, value, state } : null;
      return;
    }
    this.#progress = next;
    if (!isBest) return;
    this.#state = state;
    this.#isSaved = false;
  }

  /** The best state, if it is another than when this was last asked. */
  takeUnsaved(): FoundState | null {
    if (this.#isSaved) return null;
    this.#isSaved = true;
    return this.#known();
  }

  /** `load`: gives the leaves of the best state from where checkpoints are kept. */
  async best(load: () => Promise<Leaves | null>): Promise<FoundState | null> {
    if (this.#outOfTurn !== null) return this.#outOfTurn;
    if (this.#progress.value === null) return null;
    this.#state ??= await load();
    return this.#known();
  }

  #known(): FoundState | null {
    const { round, value } = this.#progress;
    return this.#state === null || value === null ? null : { round, value, state: this.#state };
  }
}
