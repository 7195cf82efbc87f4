// A client on Node: sockets by `ws`, unless others are given.
import { type Client, createClientOn } from '../core/client.js';
import type { ClientOptions } from '../core/client-options.js';
import { connectWs } from './connect-ws.js';

/** Starts a client. It connects at once, and again after every cut, until the run is over or `close` is called. */
export function createClient(
  options: Omit<ClientOptions, 'connect'> & Partial<Pick<ClientOptions, 'connect'>>,
): Client {
  return createClientOn({ connect: connectWs, ...options });
}
