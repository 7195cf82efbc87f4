// What a replay is given, and what it tells before it begins: `replay-client.ts` does the work.
import type { LocalRunner, Seed } from '@starling/federated-core';
import type { Leaves } from '@starling/plan/runner';
import type { RunOptions } from '../rounds/run-options.js';

/** A run, of which `rounds` are those before the one that is replayed. */
export interface ReplayOptions
  extends Omit<
    RunOptions,
    | 'rounds'
    | 'evaluation'
    | 'best'
    | 'checkpointEvery'
    | 'about'
    | 'onRecord'
    | 'onRound'
    | 'onFailedRound'
    | 'clock'
  > {
  /** From 1. */
  readonly round: number;
  /** Its name in the population. */
  readonly client: string;
  /** Runs the client's local computations in place of the engine. */
  readonly runner: LocalRunner;
  /** Told what the client begins from, before its work is replayed. */
  readonly onStart?: (start: ReplayStart) => void;
}

/** Leaves with their names. */
export type NamedLeaves = readonly { readonly name: string; readonly leaf: Leaves[number] }[];

/** The client of a round that is replayed. */
export interface ReplayedClient {
  readonly name: string;
  /** In the population, from 0. */
  readonly index: number;
  /** In the cohort, from 0. */
  readonly position: number;
  readonly cohortSize: number;
}

export interface ReplayStart extends ReplayedClient {
  readonly round: number;
  /** At the round, from 1: the one that counted, where the store has the run. */
  readonly attempt: number;
  /** All that it draws comes from this. */
  readonly seed: Seed;
  /** Hash of the plan. */
  readonly plan: string;
  /** What it holds; `null` if that cannot be had: the reports say why. */
  readonly data: NamedLeaves | null;
  /** For each phase that it took part in, what it was sent: the broadcast, and its slices. */
  readonly sent: readonly NamedLeaves[];
}
