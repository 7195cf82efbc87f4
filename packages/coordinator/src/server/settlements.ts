// What has become of attempts that clients reported to: who is to be told once it is known, and what a client hears
// that was cut off meanwhile and asks when it is back. It is kept for the latest attempts alone, of whatever runs the
// server hosts.
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
   * attempt that is not open. `clients`: of these alone, each of whose reports has come to an end of its own.
   */
  settle(
    attempt: AttemptAddress,
    isCommitted: boolean,
    clients?: readonly string[],
  ): ReadonlyMap<string, Commit>;
  /** What a client hears about an attempt; `null` while that is open. */
  outcomeOf(client: string, attempt: AttemptAddress): Commit | null;
  /** The run is over: its clients are to hear so whenever they come back. */
  finish(run: string): void;
  isFinished(run: string): boolean;
}

export interface SettlementLimits {
  /** Attempts whose outcome is kept. Default 64. */
  readonly attempts?: number;
  /** Reports to them, of all clients and phases together: with more, the oldest attempts go. Default 500,000. */
  readonly reports?: number;
  /** Runs of which it is known that they are over. Default 64. */
  readonly runs?: number;
}

interface Attempt {
  isCommitted: boolean | null;
  /** Of clients whose reports came to an end by themselves. */
  readonly ends: Map<string, boolean>;
  readonly clients: Set<string>;
  /** By phase: the clients whose update counts if the attempt does. */
  readonly counting: Map<number, Set<string>>;
  reports: number;
}

export function createSettlements(limits: SettlementLimits = {}): Settlements {
  const { attempts: maxAttempts = 64, reports: maxReports = 500_000, runs: maxRuns = 64 } = limits;
  /** From the oldest to the latest. */
  const attempts = new Map<string, Attempt>();
  const finished = new Set<string>();
  let reports = 0;

  const keyOf = ({ run, round, attempt }: AttemptAddress): string => `${round} ${attempt} ${run}`;

  function commit(
    { run, round, attempt }: AttemptAddress,
    { isCommitted: ofAll, ends, counting }: Attempt,
    client: string,
  ): Commit {
    const isCommitted = ends.get(client) ?? ofAll;
    const phases = [...counting].filter(([, clients]) => clients.has(client)).map(([phase]) => phase);
    const counted = isCommitted ? phases.sort((one, other) => one - other) : [];
    return { run, round, attempt, status: isCommitted ? 'committed' : 'abandoned', counted };
  }
  function forget(key: string): void {
    reports -= attempts.get(key)?.reports ?? 0;
    attempts.delete(key);
  }
  /** The latest stays in any case: it is the one that clients work on. */
  function keepWithinLimits(): void {
    while (attempts.size > 1 && (attempts.size > maxAttempts || reports > maxReports)) {
      forget(attempts.keys().next().value!);
    }
  }

  return {
    begin(at) {
      finished.delete(at.run);
      const key = keyOf(at);
      if (attempts.get(key)?.isCommitted === null) return; // another phase of it
      forget(key); // settled before, and begun anew: it is the latest now
      attempts.set(key, {
        isCommitted: null,
        ends: new Map(),
        clients: new Set(),
        counting: new Map(),
        reports: 0,
      });
      keepWithinLimits();
    },
    reported(client, at, counts) {
      const attempt = attempts.get(keyOf(at));
      if (attempt === undefined || attempt.isCommitted !== null) return;
      attempt.clients.add(client);
      const those = attempt.counting.get(at.phase) ?? new Set();
      if (!counts || those.has(client)) return;
      attempt.counting.set(at.phase, those.add(client));
      attempt.reports++;
      reports++;
      keepWithinLimits();
    },
    settle(at, isCommitted, clients) {
      const attempt = attempts.get(keyOf(at));
      if (attempt === undefined || attempt.isCommitted !== null) return new Map();
      if (clients === undefined) attempt.isCommitted = isCommitted;
      else for (const client of clients) attempt.ends.set(client, isCommitted);
      const told = clients?.filter((client) => attempt.clients.has(client)) ?? [...attempt.clients];
      return new Map(told.map((client) => [client, commit(at, attempt, client)]));
    },
    outcomeOf(client, at) {
      const attempt = attempts.get(keyOf(at));
      if (attempt === undefined) return { ...at, status: 'unknown', counted: [] };
      const isOpen = attempt.isCommitted === null && !attempt.ends.has(client);
      return isOpen ? null : commit(at, attempt, client);
    },
    finish(run) {
      finished.add(run);
      if (finished.size > maxRuns) finished.delete(finished.keys().next().value!);
    },
    isFinished: (run) => finished.has(run),
  };
}
