// A client on Node: sockets by `ws`, unless others are given.
import type { ClientStateStore } from '@starling/store';
import { directoryClientStates } from '@starling/store/directory';
import { type Client, createClientOn } from '../core/client.js';
import type { ClientOptions } from '../core/client-options.js';
import { connectWs } from './connect-ws.js';

export type NodeClientOptions = Omit<ClientOptions, 'connect' | 'keep'> &
  Partial<Pick<ClientOptions, 'connect'>> & {
    /** A directory, or a store of another kind: see `ClientOptions`. */
    readonly keep?: string | ClientStateStore;
  };

/** Starts a client. It connects at once, and again after every cut, until the run is over or `close` is called. */
export function createClient({ keep, ...options }: NodeClientOptions): Client {
  return createClientOn({
    connect: connectWs,
    ...options,
    ...(keep !== undefined && { keep: keptIn(keep) }),
  });
}

/** The store of a directory, or the store itself. */
export function keptIn(keep: string | ClientStateStore): ClientStateStore {
  return typeof keep === 'string' ? directoryClientStates(keep) : keep;
}
