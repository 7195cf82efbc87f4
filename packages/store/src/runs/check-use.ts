// What any store asks of its caller: names that a file may have, one call after another, in an order that makes sense.
import { numberWithin } from '@starling/federated-core/plan';
import { StoreMisusedError } from './errors.js';
import type { AttemptId } from './journal-entry.js';
import type { RetentionOptions } from './run-store.js';

const NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function checkRunName(run: string): void {
  if (NAME.test(run)) return;
  throw new StoreMisusedError(
    `Cannot open a run: its name must be 1 to 64 letters, digits, '-' and '_', got '${run}'`,
  );
}

/** The checks of these options, for a store that has further ones. */
export const retentionChecks = {
  keep: numberWithin({ whole: true, from: 2 }),
  keepEvery: numberWithin({ whole: true, from: 0 }),
} as const;

/** With their defaults. */
export function retentionOf({ keep = 2, keepEvery = 0 }: RetentionOptions): Required<RetentionOptions> {
  return { keep, keepEvery };
}

/** Of the rounds of states, ascending, those that need not be kept; `pinned`: see `KeptCommit`. */
export function expiredRounds(
  rounds: readonly number[],
  { keep, keepEvery }: Required<RetentionOptions>,
  pinned: readonly number[] = [],
): readonly number[] {
  return rounds
    .slice(0, -keep)
    .filter((round) => (keepEvery === 0 || round % keepEvery !== 0) && !pinned.includes(round));
}

/** Follows the calls on an open run, and throws a `StoreMisusedError` for one that does not belong where it stands. */
export class UseCheck {
  private started = false;
  private closed = false;
  private busy = false;
  private begun: AttemptId | null = null;
  private committed: AttemptId | null = null;

  constructor(
    private readonly run: string,
    /** The round of the newest state. */
    private round: number,
  ) {}

  /** Runs `work` as the call `call`. */
  async during(
    call: 'start' | 'begin' | 'fail' | 'commit' | 'end',
    id: AttemptId | null,
    work: () => unknown,
  ) {
    const refuse = (need: string): never => {
      throw new StoreMisusedError(`Cannot ${call} run '${this.run}': ${need}`);
    };
    if (this.closed) refuse('it is closed');
    if (this.busy) refuse('the call before must have resolved');
    if (call !== 'start' && !this.started) refuse('it must be started first');
    if (call === 'begin' && id!.round !== this.round + 1) {
      refuse(`need an attempt at round ${this.round + 1}, got one at round ${id!.round}`);
    }
    const again = call === 'commit' && isSame(id, this.committed);
    if ((call === 'commit' || call === 'fail') && !again && !isSame(id, this.begun)) {
      refuse(`need the attempt that was begun, ${text(this.begun)}, got ${text(id)}`);
    }
    this.busy = true;
    try {
      await work();
    } finally {
      this.busy = false;
    }
    if (call === 'start') this.started = true;
    if (call === 'begin') this.begun = id;
    if (call === 'fail') this.begun = null;
    if (call === 'commit') {
      this.round = id!.round;
      this.committed = id;
      this.begun = null;
    }
  }

  close(): void {
    this.closed = true;
  }
}

function isSame(one: AttemptId | null, other: AttemptId | null): boolean {
  return one !== null && one.round === other?.round && one.attempt === other.attempt;
}

function text(id: AttemptId | null): string {
  return id === null ? 'none' : `attempt ${id.attempt} at round ${id.round}`;
}
