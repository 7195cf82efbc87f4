// The work of a client of a lane that keeps a state: it begins with one, and leaves one once its update is accepted.
import type { Seed } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import {
  type ClientReport,
  droppedReport,
  type Leaves,
  type OwnLeaves,
  type PhaseWork,
  StateLostError,
} from '@starling/plan/runner';

/** How a client comes to its state, and leaves its new one. */
export interface LaneState {
  readonly work: PhaseWork;
  /** Throws a `StateLostError` where a client without its state is to sit out; what else it throws is no client's. */
  find(): MaybePromise<{ readonly restarted: boolean; leaves(): MaybePromise<Leaves> }>;
  /** Takes the new state of a client whose update is accepted. */
  keep(state: Leaves): MaybePromise<void>;
}

/** A client with its state: its work, and what is to be kept of it once its update is accepted. */
interface Keeping {
  readonly restarted: boolean;
  work(broadcast: Leaves, own: Omit<OwnLeaves, 'state'>, seed: Seed): Promise<Leaves>;
  keep(): MaybePromise<void>;
}

/** The state that a client begins with, or what it is reported as where it is to sit out. */
export async function beginWith(state: LaneState, client: string): Promise<Keeping | ClientReport> {
  try {
    const { restarted, leaves } = await state.find();
    let made: Leaves | null = null;
    return {
      restarted,
      async work(broadcast, own, seed) {
        const worked = await state.work(broadcast, { ...own, state: await leaves() }, seed);
        made = worked.state;
        return worked.update;
      },
      keep: () => (made === null ? undefined : state.keep(made)),
    };
  } catch (error) {
    if (error instanceof StateLostError) return droppedReport(client, 'work-failed', error);
    throw error;
  }
}
