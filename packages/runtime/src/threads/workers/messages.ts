// What main and its workers say to each other. A thread's commands wait in its port until the doorbell rings
// (see worker.ts); replies are ordinary messages.

import type { MessagePort } from 'node:worker_threads';
import { type Seed, StarlingError, type Tensor } from '@starling/federated-core';
import type { LinkedPlan } from '@starling/plan';
import type { ClientReport } from '@starling/plan/runner';
import type { EngineChoice } from '../../engines/engines.js';
import type { LaneAccumulators } from '../../fold/ordered-merge.js';
import type { Alteration } from '../../runtime/client-fault.js';
import type { PlacedLeaves } from '../memory/client-store.js';
import type { HeapMemory } from '../memory/shared-heap.js';

/** Given to a worker at its start. */
export interface WorkerSetup {
  readonly plan: LinkedPlan;
  readonly engine: EngineChoice;
  /** Sums of lanes. */
  readonly heap: HeapMemory;
  /** Data of clients. */
  readonly arena: SharedArrayBuffer;
  /** Of the worker's own copies of that, at most. */
  readonly copyBytes: number;
  /** Whose part of the heap's scratch is its own: counted from 1, as 0 is for merging. */
  readonly number: number;
}

/** Given to a worker on a thread of its own. */
export interface ThreadSetup extends WorkerSetup {
  readonly commands: MessagePort;
  /** Shared: `RINGS` and `STOP`. */
  readonly doorbell: Int32Array;
  /** How long the thread stays awake for the next command before it sleeps, in milliseconds. */
  readonly awakeMs: number;
}

/** Of the doorbell: counted up and notified after each command, so that a worker may sleep without an event loop. */
export const RINGS = 0;
/** Of the doorbell: 1 if lanes shall be left as they are. */
export const STOP = 1;

export interface SentClient {
  readonly id: string;
  /**
   * Where its data lies in the arena; the data itself, where it had no room there; or, where it could not be
   * had, what the client is reported as.
   */
  readonly data: PlacedLeaves | readonly Tensor[] | ClientReport;
  /** Of each selection of the phase, which rows of the slices are its own; left out if the phase has none. */
  readonly rowsOf?: readonly Int32Array[];
  /** The bytes of its state, `null` for its first one; left out where clients keep nothing. */
  readonly state?: Uint8Array | null;
  /** By simulated faults. */
  readonly alterations?: readonly Alteration[];
}

/** Mostly a plain pair: it is cloned on its way, and an object put together of parts takes twice as long. */
export function sentClient(
  id: string,
  data: SentClient['data'],
  {
    rowsOf,
    alterations,
    state,
  }: { readonly [K in 'rowsOf' | 'alterations' | 'state']: SentClient[K] | undefined },
): SentClient {
  if (rowsOf === undefined && alterations === undefined && state === undefined) return { id, data };
  return {
    id,
    data,
    ...(rowsOf !== undefined && { rowsOf }),
    ...(state !== undefined && { state }),
    ...(alterations !== undefined && { alterations }),
  };
}

export type Command =
  /** Where the broadcast of a phase will be from now on. */
  | { readonly kind: 'broadcast-memory'; readonly phase: number; readonly leaves: readonly Tensor[] }
  /** The slices that clients of the phase at hand asked for, those of all its selections: each is there once. */
  | { readonly kind: 'slices'; readonly leaves: readonly Tensor[] }
  | {
      readonly kind: 'lane';
      readonly lane: number;
      readonly phase: number;
      /** A new number says that the phase's broadcast has changed. */
      readonly turn: number;
      /** Where in the heap the lane's sums begin. */
      readonly cellStart: number;
      /** The round's. */
      readonly seed: Seed;
      /** What first states are drawn from; left out where clients keep nothing. */
      readonly stateSeed?: Seed;
      readonly clients: readonly SentClient[];
    }
  /** One client by itself. */
  | {
      readonly kind: 'work';
      readonly task: number;
      readonly phase: number;
      /** Names the broadcast: the same number comes with the same leaves. */
      readonly version: number;
      readonly broadcast: readonly Tensor[];
      readonly seed: Seed;
      readonly client: SentClient;
    }
  | { readonly kind: 'close' };

export type Reply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'lane-done';
      readonly lane: number;
      /** `null`: every client was accepted. */
      readonly reports: readonly ClientReport[] | null;
      /**
       * Where the sums are: in the lane's cell; here, where their size is not fixed; or nowhere, as no client is left.
       */
      readonly accumulators: 'in-cell' | LaneAccumulators | null;
      /** The bytes of the new state of each client, `null` for one that has none; left out where no state is made. */
      readonly states?: readonly (Uint8Array | null)[];
    }
  | {
      readonly kind: 'worked';
      readonly task: number;
      readonly report: ClientReport;
      /** `null` unless it is accepted. */
      readonly update: readonly Tensor[] | null;
    }
  /** The plan's own operators failed, or the worker could not start: nothing that another worker would fix. */
  | { readonly kind: 'failed'; readonly code: string; readonly message: string };

/** Of what ended a worker. */
export function failedReply(error: unknown): Reply {
  const code = error instanceof StarlingError ? error.code : 'worker-lost';
  return { kind: 'failed', code, message: error instanceof Error ? error.message : String(error) };
}
