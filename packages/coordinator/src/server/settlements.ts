// What has become of attempts that clients reported to: who is to be told once it is known, and what a client hears that
// was cut off meanwhile and asks when it is back. It is kept for the latest attempts alone, of whatever runs the server
// hosts.
import type { Control } from '@starling/wire';

export type Commit = Control<'commit'>;

/** An attempt at a round. */
export interface AttemptAddress {
  readonly run: string;
  readonly round: number;
  readonly attempt: number;
}

export interface Settlements {
  /** Clients are asked to work for this attempt. */
  begin(attempt: AttemptAddress): void;
  /** A client has reported to a phase of the attempt; `counts`: its update does, if the attempt is committed. */
  reported(client: string, at: AttemptAddress & { readonly phase: number }, counts: boolean): void;
  /**
   * The attempt is committed, or given up. Gives what each client that has reported to it is to be told; nothing for an
   * attempt that is not open.
   */
  settle(attempt: AttemptAddress, isCommitted: boolean): ReadonlyMap<string, Commit>;
  /** What a client is to be told of an attempt; `null` while that is open. */
  outcomeOf(client: string, attempt: AttemptAddress): Commit | null;
  /** The run is over: its clients are to hear so whenever they come back. */
  finish(run: string): void;
  isFinished(run: string): boolean;
}

/** Attempts whose outcome is kept, and runs of which it is known that they are over. */
export const KEPT_ATTEMPTS = 64;
const KEPT_RUNS = 64;

interface Attempt {
  isCommitted: boolean | null;
  /** By client: the phases in which its update counts if the attempt does. */
  readonly phases: Map<string, Set<number>>;
}

export function createSettlements(): Settlements {
  /** From the oldest to the latest. */
  const attempts = new Map<string, Attempt>();
  const finished = new Set<string>();

  const keyOf = ({ run, round, attempt }: AttemptAddress): string => `${round} ${attempt} ${run}`;

  function commit(
    { run, round, attempt }: AttemptAddress,
    { isCommitted, phases }: Attempt,
    client: string,
  ): Commit {
    const counted = isCommitted ? [...(phases.get(client) ?? [])].sort((one, other) => one - other) : [];
    return { run, round, attempt, status: isCommitted ? 'committed' : 'abandoned', counted };
  }

  return {
    begin(at) {
      finished.delete(at.run);
      const key = keyOf(at);
      if (attempts.get(key)?.isCommitted === null) return; // another phase of it
      attempts.delete(key); // settled before, and begun anew: it is the latest now
      attempts.set(key, { isCommitted: null, phases: new Map() });
      if (attempts.size > KEPT_ATTEMPTS) attempts.delete(attempts.keys().next().value!);
    },
    reported(client, at, counts) {
      const attempt = attempts.get(keyOf(at));
      if (attempt === undefined || attempt.isCommitted !== null) return;
      const phases = attempt.phases.get(client) ?? new Set();
      attempt.phases.set(client, phases);
      if (counts) phases.add(at.phase);
    },
    settle(at, isCommitted) {
      const attempt = attempts.get(keyOf(at));
      if (attempt === undefined || attempt.isCommitted !== null) return new Map();
      attempt.isCommitted = isCommitted;
      return new Map([...attempt.phases.keys()].map((client) => [client, commit(at, attempt, client)]));
    },
    outcomeOf(client, at) {
      const attempt = attempts.get(keyOf(at));
      if (attempt === undefined) return { ...at, status: 'unknown', counted: [] };
      return attempt.isCommitted === null ? null : commit(at, attempt, client);
    },
    finish(run) {
      finished.add(run);
      if (finished.size > KEPT_RUNS) finished.delete(finished.keys().next().value!);
    },
    isFinished: (run) => finished.has(run),
  };
}
