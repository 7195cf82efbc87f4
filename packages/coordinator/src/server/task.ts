// A phase that clients can be asked for, as the server sees it: whom it waits for, where reports go, and how to ask a
// client that has the first bytes of a body already.
import type { PhaseAddress } from '@starling/rounds';
import type { Control } from '@starling/wire';

export type Ack = Control<'ack'>;

/** What a report says of where it belongs. */
export type ReportControl = Control<'update'>;

/** Takes what clients report in one phase. */
export interface Reports {
  /** Whether this client still owes an update. */
  owes(client: string): boolean;
  /** Takes an update's body; says what becomes of it. */
  update(client: string, at: ReportControl, body: Uint8Array): Ack;
  /**
   * There will be no update: the client's work failed, was refused where it was made, or the client goes for good.
   * `at`: of which work; `null` for whatever it was asked.
   */
  failed(client: string, at: ReportControl | null, code: string, reason: string): void;
}

export interface Task extends PhaseAddress {
  readonly gathering: Reports;
  /**
   * The client says that it does not hold what this very work needs: its state, or a broadcast that came to another
   * socket. Whether it is to be asked again, to begin anew or to get the broadcast itself: else there is no update of
   * it.
   */
  hasLost(client: string, at: ReportControl, what: 'state' | 'broadcast'): boolean;
  /**
   * The frames of `work` for a client, and of its `slices` before. `received`: bytes of its update that are here
   * already; `shares`: what its socket shares broadcasts with, of which one alone is sent each.
   */
  frames(client: string, held: HeldBodies, received: number, shares?: string | null): AskFrames;
}

export interface AskFrames {
  readonly slices: readonly Uint8Array[];
  readonly work: readonly Uint8Array[];
}

/** A body of which a client has the first bytes, from before a cut. */
export interface HeldBody {
  readonly hash: string;
  readonly from: number;
}

export interface HeldBodies {
  readonly broadcast: HeldBody | null;
  readonly slices: HeldBody | null;
}

export const NOTHING_HELD: HeldBodies = { broadcast: null, slices: null };
