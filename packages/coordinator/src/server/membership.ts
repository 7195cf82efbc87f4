// Who is joined: one place for each client of the population, and at most one socket at each. A name that
// `any` client was given stays its own for a while after a cut, so that it can come back to it.
import type { Population } from '@starling/population';
import { WireError } from '@starling/wire';

export interface Membership<S> {
  /**
   * Seats a socket at the client of that name, or at the first free one for null. The newest socket wins: `replaced` is
   * the one that sat there. Throws a `WireError` if there is no such client, or none free.
   */
  join(client: string | null, socket: S): { readonly client: string; readonly replaced: S | null };
  /** Frees the place if this socket still has it; for `reserveMs` the name is given to nobody that asks for any. */
  part(client: string, socket: S, reserveMs: number): void;
  /** The socket of a client, if it is joined. */
  socketOf(client: string): S | null;
  readonly size: number;
}

export interface MembershipOptions {
  readonly population: Pick<Population, 'size' | 'clientId'>;
  /** A monotonic clock, milliseconds. */
  readonly now: () => number;
}

export function createMembership<S>({ population, now }: MembershipOptions): Membership<S> {
  const names = new Set(Array.from({ length: population.size }, (_, index) => population.clientId(index)));
  const sockets = new Map<string, S>();
  const reservedUntil = new Map<string, number>();

  function firstFree(): string {
    const time = now();
    for (const name of names) {
      if (!sockets.has(name) && (reservedUntil.get(name) ?? 0) <= time) return name;
    }
    throw new WireError(
      'no-free-client',
      `Cannot assign a client: all ${names.size} of the population are taken`,
    );
  }

  return {
    join(wanted, socket) {
      if (wanted !== null && !names.has(wanted)) {
        throw new WireError(
          'unknown-client',
          `Cannot join as '${wanted}': the population has no such client`,
        );
      }
      const client = wanted ?? firstFree();
      const replaced = sockets.get(client) ?? null;
      sockets.set(client, socket);
      reservedUntil.delete(client);
      return { client, replaced };
    },
    part(client, socket, reserveMs) {
      if (sockets.get(client) !== socket) return;
      sockets.delete(client);
      reservedUntil.set(client, now() + reserveMs);
    },
    socketOf: (client) => sockets.get(client) ?? null,
    get size() {
      return sockets.size;
    },
  };
}
