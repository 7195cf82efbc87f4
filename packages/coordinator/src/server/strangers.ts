// Connections that nobody vouches for yet: a socket is a stranger until it has joined. Strangers have little time, and
// when there is no room the one that has waited longest goes, of the address with most of them, so that many silent
// sockets of one address lock out nobody.
import type { Socket } from 'node:net';
import type { ServerLimits } from './limits.js';
import type { Refusals } from './refusals.js';

export interface Strangers {
  /** Takes a connection in; another may have to go for it, or it may itself. */
  connected(socket: Socket): void;
  /**
   * What is left of the stranger's time to greet, milliseconds; 0 if it is no stranger. `socket` may be a TLS socket.
   */
  remainingMs(socket: Socket): number;
  /** It has joined, and is a stranger no longer. */
  joined(socket: Socket): void;
  /** Ends those whose time is over. */
  sweep(): void;
}

export interface StrangersOptions {
  readonly limits: Pick<ServerLimits, 'connections' | 'connectionsPerAddress' | 'strangerMs'>;
  readonly refusals: Refusals;
  /** A monotonic clock, milliseconds. */
  readonly now: () => number;
}

/** How much of its time a socket has to greet; the rest is for hearing why it is closed. */
const GREETING = 0.85;

interface Stranger {
  readonly socket: Socket;
  readonly address: string;
  readonly sinceMs: number;
}

export function createStrangers({ limits, refusals, now }: StrangersOptions): Strangers {
  /** From the longest here to the newest. */
  const strangers = new Map<string, Stranger>();
  const byAddress = new Map<string, Set<string>>();
  const open = new Map<string, number>();
  let connections = 0;

  function forget(key: string): void {
    const stranger = strangers.get(key);
    if (stranger === undefined) return;
    strangers.delete(key);
    const keys = byAddress.get(stranger.address)!;
    keys.delete(key);
    if (keys.size === 0) byAddress.delete(stranger.address);
  }
  function end(key: string, reason: string, message: string): void {
    const { socket, address } = strangers.get(key)!;
    forget(key);
    refusals.refuse({ reason, address, message });
    socket.destroy();
  }
  /** The key of who has waited longest, of the address with most strangers. */
  function longestWaiting(): string {
    let most: Set<string> | null = null;
    for (const keys of byAddress.values()) if (keys.size > (most?.size ?? 0)) most = keys;
    return most!.values().next().value!;
  }

  return {
    connected(socket) {
      const address = socket.remoteAddress ?? 'unknown';
      const key = keyOf(socket);
      strangers.set(key, { socket, address, sinceMs: now() });
      byAddress.set(address, (byAddress.get(address) ?? new Set()).add(key));
      const ofAddress = (open.get(address) ?? 0) + 1;
      open.set(address, ofAddress);
      connections++;
      socket.once('close', () => {
        connections--;
        const left = open.get(address)! - 1;
        if (left === 0) open.delete(address);
        else open.set(address, left);
        if (strangers.get(key)?.socket === socket) forget(key);
      });
      if (ofAddress > limits.connectionsPerAddress) {
        const text = `Cannot take another connection of this address: at most ${limits.connectionsPerAddress}`;
        end(key, 'too-many-connections', text);
        return;
      }
      if (connections <= limits.connections) return;
      end(longestWaiting(), 'no-room', `Cannot keep a stranger: at most ${limits.connections} connections`);
    },
    remainingMs(socket) {
      const stranger = strangers.get(keyOf(socket));
      return stranger === undefined
        ? 0
        : Math.max(1, stranger.sinceMs + limits.strangerMs * GREETING - now());
    },
    joined: (socket) => forget(keyOf(socket)),
    sweep() {
      const before = now() - limits.strangerMs;
      for (const [key, { sinceMs }] of strangers) {
        if (sinceMs > before) return;
        end(key, 'stranger-timeout', `Cannot wait longer: need to be joined within ${limits.strangerMs} ms`);
      }
    },
  };
}

/** The same for a socket and the TLS socket on it. */
function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
