// What clients keep, in the memory of this process: the plainest meaning of the contract. It loads in a browser.
import { checkRunName } from '../runs/check-use.js';
import { StoreLockedError } from '../runs/errors.js';
import {
  type ClientStateStore,
  type ClientVersion,
  type OpenClientStates,
  versionsToHold,
} from './client-states.js';

interface HeldState extends ClientVersion {
  readonly state: Uint8Array;
}

/** A new store without states. */
export function memoryClientStates(): ClientStateStore {
  const runs = new Map<string, { readonly clients: Map<string, readonly HeldState[]>; isOpen: boolean }>();
  return {
    name: 'memory',
    async open(run) {
      checkRunName(run);
      const kept = runs.get(run) ?? { clients: new Map<string, readonly HeldState[]>(), isOpen: false };
      if (kept.isOpen) {
        throw new StoreLockedError(`Cannot keep states of run '${run}': they are open in this process`);
      }
      runs.set(run, kept);
      kept.isOpen = true;
      return openStates(kept.clients, () => {
        kept.isOpen = false;
      });
    },
  };
}

function openStates(clients: Map<string, readonly HeldState[]>, onClose: () => void): OpenClientStates {
  const of = (client: string): readonly HeldState[] => clients.get(client) ?? [];
  return {
    read: async (client, id) =>
      of(client)
        .find((each) => each.id === id)
        ?.state.slice() ?? null,
    async write(client, { id, round, base }, state) {
      const others = of(client).filter((each) => each.id !== id);
      clients.set(client, [...others, { id, round, base, state: state.slice() }]);
    },
    async sync() {},
    async settle(client, base, keepFrom) {
      const held = versionsToHold(of(client), base, keepFrom);
      if (held.length === 0) clients.delete(client);
      else clients.set(client, held);
    },
    versions: async (client) => of(client).map(({ id, round, base }) => ({ id, round, base })),
    async close() {
      onClose();
    },
  };
}
