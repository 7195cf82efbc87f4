// The loop over the clients of a lane: each works in turn, and its update is added to the lane's sums. In process and
// on threads a lane is run so; over sockets updates come in any order, and lane-fold.ts takes them.

import type { Seed } from '@starling/federated-core';
import { clientSeed, type MaybePromise, type UpdateChecker } from '@starling/federated-core/plan';
import { type ClientReport, clientOutcome, type Leaves, type PlanRunner } from '@starling/plan/runner';
import type { Alteration, ClientFault } from '../runtime/client-fault.js';
import type { AlterUpdate } from './alter-update.js';
import type { Accumulate } from './lane-fold.js';
import { beginWith, type LaneState } from './lane-state.js';
import type { LaneAccumulators } from './ordered-merge.js';

export interface LaneClient {
  readonly client: string;
  /** Gives the leaves of the plan's client input; where it throws, the client is dropped. */
  load(): MaybePromise<Leaves>;
  /** What it is given by its keys; none if the phase has no selections. */
  slices(): Leaves;
  /** What it keeps; left out where clients keep nothing. */
  readonly state?: LaneState;
  /** By simulated faults. */
  readonly alterations?: readonly Alteration[];
}

/** What the lanes of a phase have in common. */
export interface LanePhase {
  readonly phase: number;
  readonly runner: Pick<PlanRunner, 'work'>;
  readonly check: UpdateChecker;
  readonly alter: AlterUpdate;
  readonly accumulate: Accumulate;
}

export interface LaneRequest {
  readonly broadcast: Leaves;
  /** The round's. */
  readonly seed: Seed;
  /** In cohort order. One that is a report already, such as of data that cannot be had, does not work. */
  readonly clients: readonly (LaneClient | ClientReport)[];
  /** Sums that no update has entered; asked for with the first update. */
  zeros(): MaybePromise<LaneAccumulators>;
  /** Awaited before each client where it is given; with `false` the lane is left as it is. */
  mayGoOn?(): MaybePromise<boolean>;
  /** Called after each client that has worked, with the sums so far. */
  worked?(accumulators: LaneAccumulators | null): void;
}

export interface LaneSums {
  /** One a client, in cohort order. */
  readonly reports: readonly ClientReport[];
  /** `null` if no client is left. */
  readonly accumulators: LaneAccumulators | null;
}

/** A client with what is simulated to go wrong with it, if anything is: one that is lost does not work. */
export function faultyClient(
  client: LaneClient,
  fault: ClientFault | null | undefined,
): LaneClient | ClientReport {
  if (fault == null) return client;
  if (fault.kind === 'altered') return { ...client, alterations: fault.alterations };
  return lostReport(client.client, fault);
}

/** What becomes of a client that is simulated to be lost. */
export function lostReport(
  client: string,
  { code, reason }: Extract<ClientFault, { kind: 'lost' }>,
): ClientReport {
  return { client, status: 'dropped', code, reason };
}

/** The sums of a lane; `null` if it was left. Rejects if an operator of the plan fails. */
export async function sumLane(
  { phase, runner, check, alter, accumulate }: LanePhase,
  { broadcast, seed, clients, zeros, mayGoOn, worked }: LaneRequest,
): Promise<LaneSums | null> {
  const reports: ClientReport[] = [];
  async function altered(working: Promise<Leaves>, alterations: readonly Alteration[]): Promise<Leaves> {
    const worked = await working;
    // Over sockets a client checks before it sends, and what is not sent is not altered.
    const refusal = check(worked);
    if (refusal !== null) throw refusal;
    return alter(worked, alterations);
  }
  let accumulators: LaneAccumulators | null = null;
  for (const each of clients) {
    if (mayGoOn !== undefined && !(await mayGoOn())) return null;
    if ('status' in each) {
      reports.push(each);
      continue;
    }
    const { client, alterations, state } = each;
    const kept = state === undefined ? null : await beginWith(state, client);
    if (kept !== null && 'status' in kept) {
      reports.push(kept);
      continue;
    }
    const { report, update } = await clientOutcome(
      client,
      () => each.load(),
      (input) => {
        const own = clientSeed(seed, client);
        const working =
          kept === null
            ? runner.work(phase, broadcast, [...each.slices(), ...input], own)
            : kept.work(broadcast, { slices: each.slices(), input }, own);
        return alterations === undefined ? working : altered(working, alterations);
      },
      check,
    );
    if (kept !== null && update !== null) await kept.keep();
    reports.push(
      report.status === 'accepted' && kept?.restarted === true ? { ...report, restarted: true } : report,
    );
    if (update !== null) accumulators = await accumulate(accumulators ?? (await zeros()), update);
    worked?.(accumulators);
  }
  return { reports, accumulators };
}
