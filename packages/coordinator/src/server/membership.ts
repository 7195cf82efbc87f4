// Who is joined: one place for each client of the population, and at most one socket at each. Who takes a place gets a
// secret with it, the proof that it is the same client when it comes back: without it nobody replaces a socket that is
// there. A name that `any` client was given stays its own for a while after a cut, so that it can come back to it.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Population } from '@starling/population';
import { WireError } from '@starling/wire';

export interface Membership<S> {
  /**
   * Seats a socket at the client of that name, or at the first free one for null. `proof`: the secret that the client
   * was given when it joined before. With it a socket that sits there is `replaced`; without it, it stays. `proof` is
   * the secret to come back with. `isKnown`: it has shown in another way which client it is. Throws a `WireError` if
   * there is no such client, none free, or the place is taken.
   */
  join(client: string | null, socket: S, proof?: string | null, isKnown?: boolean): Seat<S>;
  /**
   * Frees the place if this socket still has it. For `reserveMs` the name is given to nobody that asks for any, and
   * the one that has its secret takes it back from who came without; 0: the client will not be back.
   */
  part(client: string, socket: S, reserveMs: number): void;
  /** The socket of a client, if it is joined. */
  socketOf(client: string): S | null;
  readonly size: number;
}

export interface Seat<S> {
  readonly client: string;
  readonly replaced: S | null;
  readonly proof: string;
}

export interface MembershipOptions {
  readonly population: Pick<Population, 'size' | 'clientId'>;
  /** A monotonic clock, milliseconds. */
  readonly now: () => number;
  /** Called with a client that may join, before it has; throws a `WireError` to refuse it. */
  readonly admit?: (client: string) => void;
}

const PROOF_BYTES = 16;
/** Secrets of one name that are known at a time: of the one that sits there, and of those who were there before it. */
const MAX_PROOFS = 4;

export function createMembership<S>({ population, now, admit }: MembershipOptions): Membership<S> {
  const names = new Set(Array.from({ length: population.size }, (_, index) => population.clientId(index)));
  const sockets = new Map<string, S>();
  const reservedUntil = new Map<string, number>();
  /**
   * By client: the secrets that it may come back with, the oldest first. An older one has precedence: who took the
   * place meanwhile, without proof, loses it to the owner and cannot take it again.
   */
  const proofs = new Map<string, string[]>();

  /** The place of a secret among those of the client; −1 if it is none of them. */
  function rankOf(client: string, proof: string | null): number {
    const isFree = !sockets.has(client) && (reservedUntil.get(client) ?? 0) <= now();
    if (isFree) proofs.delete(client);
    return proof === null ? -1 : (proofs.get(client) ?? []).findIndex((each) => isEqual(each, proof));
  }
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
    join(wanted, socket, given = null, isKnown = false) {
      if (wanted !== null && !names.has(wanted)) {
        throw new WireError(
          'unknown-client',
          `Cannot join as '${wanted}': the population has no such client`,
        );
      }
      const client = wanted ?? firstFree();
      const rank = rankOf(client, given);
      const replaced = sockets.get(client) ?? null;
      if (replaced !== null && rank < 0 && !isKnown) {
        throw new WireError(
          'name-taken',
          `Cannot join as '${client}': another socket is joined under that name`,
        );
      }
      admit?.(client);
      const known = proofs.get(client) ?? [];
      const proof = known[rank] ?? randomBytes(PROOF_BYTES).toString('hex');
      proofs.set(client, [...known.slice(0, rank < 0 ? MAX_PROOFS - 1 : rank), proof]);
      sockets.set(client, socket);
      reservedUntil.delete(client);
      return { client, replaced, proof };
    },
    part(client, socket, reserveMs) {
      if (sockets.get(client) !== socket) return;
      sockets.delete(client);
      if (reserveMs > 0) reservedUntil.set(client, now() + reserveMs);
      else proofs.delete(client);
    },
    socketOf: (client) => sockets.get(client) ?? null,
    get size() {
      return sockets.size;
    },
  };
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
