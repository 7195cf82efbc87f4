// What a client keeps from one socket to the next, so that a cut costs no work twice: its name, the broadcast and its
// slices as far as they came, and the update that it owes or has not been thanked for.
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

export interface ClientMemory {
  /** Its name in the population; null until one is assigned. */
  name: string | null;
  broadcast: PartialBody | null;
  /** Its own slices, of the latest phase that has any. */
  slices: PartialBody | null;
  update: KeptUpdate | null;
}

/** What became of a client's updates. */
export interface ClientCounts {
  accepted: number;
  rejected: number;
  ignored: number;
  /** Pieces of work that failed here. */
  failed: number;
  reconnects: number;
}

export const newMemory = (name: string | null): ClientMemory => ({
  name,
  broadcast: null,
  slices: null,
  update: null,
});
export const newCounts = (): ClientCounts => ({
  accepted: 0,
  rejected: 0,
  ignored: 0,
  failed: 0,
  reconnects: 0,
});
