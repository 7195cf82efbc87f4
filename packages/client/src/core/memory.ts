// What a client keeps from one socket to the next, so that a cut costs no work twice: its name, the broadcast and its
// slices as far as they came, and the update that it owes or has not been thanked for.
import type { Type } from '@starling/federated-core';
import type { ClientReport } from '@starling/plan/runner';
import type { PartialBody } from '@starling/wire';

/** How a piece of work ended: an update as it goes over the wire, or why there is none. */
export interface WorkOutcome {
  readonly report: ClientReport;
  readonly update: Uint8Array | null;
}

export interface KeptUpdate {
  /** Names the work exactly: plan, round, phase, broadcast, slices and seed. */
  readonly key: string;
  readonly outcome: Promise<WorkOutcome>;
}

/** An attempt that was reported to, and of which it is not known yet whether it counts. */
export interface Awaited {
  readonly run: string;
  readonly round: number;
  readonly attempt: number;
  /** Updates to it that were accepted for now: one for each phase. */
  accepted: number;
}

export interface ClientMemory {
  /** Its name in the population; null until one is assigned. */
  name: string | null;
  /** The run that asked it last. */
  run: string | null;
  /** What the coordinator gave it, which shows that it is the same client when it comes back. */
  proof: string | null;
  awaited: Awaited | null;
  broadcast: PartialBody | null;
  /** Its own slices, of the latest phase that has any. */
  slices: PartialBody | null;
  update: KeptUpdate | null;
  /** Of what it keeps, the version of each run that counts, as far as it has heard. */
  readonly counted: Map<string, string>;
  /** The version that it wrote last: whether it counts is heard later. */
  pending: { readonly run: string; readonly round: number; readonly id: string } | null;
  /** What it keeps, by the plan that it was offered last. */
  stateType: Type | null;
}

/** What became of a client's updates. */
export interface ClientCounts {
  /** Updates that count: of rounds that are committed. */
  accepted: number;
  /** Accepted for now, of attempts that were given up. */
  abandoned: number;
  /** Accepted for now; whether they count was never heard: the coordinator was killed, or does not know any more. */
  unknown: number;
  /** Refused for what they are. */
  rejected: number;
  /** Came too late, twice, or unasked. */
  ignored: number;
  /** Pieces of work that failed here. */
  failed: number;
  reconnects: number;
}

export const newMemory = (name: string | null): ClientMemory => ({
  name,
  run: null,
  proof: null,
  awaited: null,
  broadcast: null,
  slices: null,
  update: null,
  counted: new Map(),
  pending: null,
  stateType: null,
});
export const newCounts = (): ClientCounts => ({
  accepted: 0,
  abandoned: 0,
  unknown: 0,
  rejected: 0,
  ignored: 0,
  failed: 0,
  reconnects: 0,
});
