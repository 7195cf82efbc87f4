// Where the round loop writes what is to outlive it: attempts before their work, failures, and rounds as they count. It
// is one run of a store; without a store nothing is written, and nothing is made to be.

import type { LostClient } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import { sha256Hex, stateHash } from '@starling/plan/safetensors';
import { checkCohort, type Population } from '@starling/population';
import type { Attempt } from '@starling/rounds';
import { type CountedVersions, type OpenRun, type RunEnd, StoreFailedError } from '@starling/store';
import { LINE } from '../kept/record-of-run.js';
import { type BestProgress, type RoundDetails, toPlain } from '../kept/round-details.js';
import type { RunIdentity } from '../kept/run-identity.js';
import { encodeState } from '../kept/state-file.js';
import type { DoneLine, FailedLine, FailedRoundLine, RoundLine, RunLine } from '../record/record-line.js';

/** A round that is to count. */
export interface RoundCommit {
  readonly round: number;
  readonly attempt: number;
  readonly counted: readonly string[];
  readonly lost: readonly LostClient[];
  readonly line: RoundLine;
  /** The leaves of its state, and their names. */
  readonly state: Leaves;
  readonly names: readonly string[];
  /** Whether the state is kept, for a start from here. */
  readonly isKept: boolean;
  /** Of a run that looks for its best state. */
  readonly best: BestProgress | null;
  /** Rounds whose states clients are still at work on. */
  readonly inUse: readonly number[];
  /** Of an asynchronous run whose clock is real. */
  readonly asynchronous: RoundDetails['asynchronous'] | null;
  /** Of a run whose clients keep a state. */
  readonly versions: CountedVersions | null;
}

/** Once a call has resolved, what it writes is there for good; each throws a `StoreFailedError` if the disk refuses. */
export interface Ledger {
  start(identity: RunIdentity, line: RunLine): Promise<void>;
  begin(attempt: Attempt): Promise<void>;
  fail(line: FailedRoundLine, code: string): Promise<void>;
  commit(commit: RoundCommit): Promise<void>;
  end(end: RunEnd, line: DoneLine | FailedLine): Promise<void>;
  /** Lets another writer in. */
  close(): Promise<void>;
}

/** `namesCohorts`: of runs whose cohorts follow not from the seed, but from who was there. */
export function storeLedger(
  open: OpenRun,
  population: Pick<Population, 'name' | 'size' | 'clientId'>,
  namesCohorts: boolean,
): Ledger {
  return {
    start: (identity, line) => open.start(plainOf({ ...identity, [LINE]: line })),
    begin({ round, attempt, cohort, seed }) {
      checkCohort(cohort, population);
      const clients = namesCohorts && { clients: cohort.map((index) => population.clientId(index)) };
      const asked = { size: cohort.length, digest: cohortDigest(cohort), ...clients };
      return open.begin({ round, attempt, cohort: asked, seed: [seed[0], seed[1]] });
    },
    fail: (line, code) =>
      open.fail({
        round: line.round,
        attempt: line.attempt,
        code,
        reason: line.message,
        details: plainOf(line),
      }),
    commit({
      round,
      attempt,
      counted,
      lost,
      line,
      state,
      names,
      isKept,
      best,
      inUse,
      asynchronous,
      versions,
    }) {
      const hash = stateHash(state);
      return open.commit({
        round,
        attempt,
        counted,
        lost,
        metrics: toPlain({
          line,
          stateHash: hash,
          ...(best !== null && { best }),
          ...(asynchronous != null && { asynchronous }),
        }),
        state: isKept ? () => encodeState({ round, names, leaves: state }, hash) : null,
        ...(versions !== null && { clientVersions: versions }),
        ...pinnedBy(best, inUse),
      });
    },
    end: (end, line) => open.end({ ...end, details: plainOf(line) }),
    close: () => open.close(),
  };
}

function pinnedBy(
  best: BestProgress | null,
  inUse: readonly number[],
): { readonly pinned?: readonly number[] } {
  const isBest = best !== null && best.round > 0;
  if (inUse.length === 0) return isBest ? { pinned: [best.round] } : {};
  return { pinned: isBest && !inUse.includes(best.round) ? [best.round, ...inUse] : inUse };
}

/** SHA-256 of what tells a cohort from any other: the clients' numbers in cohort order. */
export function cohortDigest(cohort: readonly number[]): string {
  return sha256Hex(new TextEncoder().encode(cohort.join(' ')));
}

/** Of clients by their names: -1 for one that the population does not have. */
export function indicesOf(
  names: readonly string[],
  population: Pick<Population, 'size' | 'clientId'>,
): readonly number[] {
  const wanted = new Set(names);
  const indices = new Map<string, number>();
  for (let index = 0; index < population.size && indices.size < wanted.size; index++) {
    const name = population.clientId(index);
    if (wanted.has(name)) indices.set(name, index);
  }
  return names.map((name) => indices.get(name) ?? -1);
}

export function isRefusal(error: unknown): error is StoreFailedError {
  return error instanceof StoreFailedError;
}

/** Lines and identities are plain data; their types, which say more, are not those of JSON. */
function plainOf<T>(value: object): T {
  return value as T;
}
