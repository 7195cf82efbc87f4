// What a client keeps, around one piece of work: it reads the version that the coordinator names, and writes the new
// one durably before its update is sent. One that was written and never counts does no harm: nobody asks for it.
import type { Seed } from '@starling/federated-core';
import type { Leaves } from '@starling/plan/runner';
import { decodeLeaves, encodeLeaves } from '@starling/plan/safetensors';
import { StoreFailedError } from '@starling/store';
import { type Control, WireError } from '@starling/wire';
import type { Keeper } from './keeper.js';
import type { ClientMemory } from './memory.js';
import type { LoadedPlan } from './plan-cache.js';

export interface KeptState {
  /** The state to work with; `null` if the client does not hold it any more. */
  read(): Promise<Leaves | null>;
  /** Keeps the state that the work has made, for good. */
  keep(state: Leaves): Promise<void>;
}

export interface KeptStateParts {
  readonly client: string;
  readonly plan: LoadedPlan;
  readonly keeper: Keeper;
  readonly memory: ClientMemory;
}

/** Of work that is asked for; `null` of a plan whose clients keep nothing. Throws a `WireError` if it says nothing. */
export function keptState(
  { client, plan, keeper, memory }: KeptStateParts,
  { run, round, state }: Control<'work'>,
): KeptState | null {
  if (plan.stateType === null) return null;
  if (state === null) {
    throw new WireError(
      'control-invalid',
      'Cannot work: the plan has a state of clients, and the work names none',
    );
  }
  const { base, next, keepFrom } = state;
  const seed: Seed = [state.seed[0], state.seed[1]];
  /** A disk that has refused is asked again by the next piece of work. */
  const onDisk = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      if (error instanceof StoreFailedError) await keeper.reopen(run);
      throw error;
    }
  };
  return {
    async read() {
      // The coordinator has committed it, or it would not name it; an evaluation may read one that is yet to count.
      if (next !== null && base !== null) memory.counted.set(run, base);
      if (base === null) return plan.initializeClient(seed);
      const bytes = await onDisk(async () => (await keeper.open(run)).read(client, base));
      return bytes === null ? null : decodeLeaves(bytes);
    },
    async keep(made) {
      if (next === null) return;
      await onDisk(async () => {
        const states = await keeper.open(run);
        await states.settle(client, base, keepFrom);
        await states.write(client, { id: next, round, base }, encodeLeaves(made));
        await states.sync();
      });
      memory.pending = { run, round, id: next };
    },
  };
}
