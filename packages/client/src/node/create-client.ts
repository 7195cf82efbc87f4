// A client on Node: sockets by `ws`, unless others are given.
import type { ClientStateStore } from '@starling/store';
import { directoryClientStates } from '@starling/store/directory';
import { type Client, createClientOn } from '../core/client.js';
import type { ClientOptions } from '../core/client-options.js';
import { createRunsClientOn, type RunsClient, type RunsClientOptions } from '../core/runs-client.js';
import { connectWs } from './connect-ws.js';

export type NodeClientOptions = Omit<ClientOptions, 'connect' | 'keep'> &
  Partial<Pick<ClientOptions, 'connect'>> & {
    /** A directory, or a store of another kind: see `ClientOptions`. */
    readonly keep?: string | ClientStateStore;
  };

export type NodeRunsClientOptions = Omit<RunsClientOptions, 'connect' | 'keep'> &
  Pick<NodeClientOptions, 'connect' | 'keep'>;

/** Starts a client that takes part in several runs of a server, and stays for those that come, until it is closed. */
export function createRunsClient({ keep, ...options }: NodeRunsClientOptions): RunsClient {
  return createRunsClientOn({
    connect: connectWs,
    ...options,
    ...(keep !== undefined && { keep: keptIn(keep) }),
  });
}

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
