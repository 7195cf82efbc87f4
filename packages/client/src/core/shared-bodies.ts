// Broadcasts that the clients of one process share. A coordinator sends each of them to one socket, and tells the
// others that it comes there. One that sends it to each brings the same bytes again: these are checked against their
// hash and read once, and kept once.
import type { Tensor } from '@starling/federated-core';
import { decodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { WireError } from '@starling/wire';
import { type After, byTimer } from './after.js';
import { randomText } from './random-text.js';

/** A body that has the hash that it is said to have. */
export interface CheckedBody {
  readonly bytes: Uint8Array;
  /** To be read alone: others read them, too. */
  readonly leaves: readonly Tensor[];
}

export interface SharedBodies {
  /** Names those who share to coordinators. */
  readonly id: string;
  /** The body, which may be one that came before. Throws a `WireError` if the bytes have another hash. */
  check(bytes: Uint8Array, hash: string): CheckedBody;
  /** A socket begins to bring the body; gives what is to be called when it does so no more, whether or not it has. */
  begun(hash: string): () => void;
  /** The body that comes to another socket, or has come. Rejects with an `Error` if no socket brings it. */
  coming(hash: string): Promise<CheckedBody>;
}

interface Waiter {
  readonly resolve: (body: CheckedBody) => void;
  readonly reject: (error: Error) => void;
  /** Of the time that it waits for a socket to begin. */
  readonly cancel: () => void;
}

/** Rounds that clients of one process work on side by side. */
const MOST_BODIES = 4;
/** How long a socket may take to begin: the coordinator has sent the body before it said that it comes there. */
const BEGIN_MS = 2000;

export function createSharedBodies(after: After = byTimer): SharedBodies {
  /** By hash; the least recently asked for first. */
  const bodies = new Map<string, CheckedBody>();
  /** How many sockets bring a body. */
  const bringing = new Map<string, number>();
  const waiting = new Map<string, Set<Waiter>>();

  /** All who wait for the body have it, or hear that nobody brings it. */
  function settle(hash: string, body: CheckedBody | null): void {
    const waiters = waiting.get(hash) ?? [];
    waiting.delete(hash);
    for (const { resolve, reject, cancel } of waiters) {
      cancel();
      if (body !== null) resolve(body);
      else reject(new Error('no other socket of this process brings the broadcast'));
    }
  }

  return {
    id: randomText(),
    check(bytes, hash) {
      const known = bodies.get(hash);
      bodies.delete(hash);
      const body = known !== undefined && isSame(known.bytes, bytes) ? known : readBody(bytes, hash);
      bodies.set(hash, body);
      if (bodies.size > MOST_BODIES) bodies.delete(bodies.keys().next().value as string);
      settle(hash, body);
      return body;
    },
    begun(hash) {
      bringing.set(hash, (bringing.get(hash) ?? 0) + 1);
      return () => {
        const others = bringing.get(hash)! - 1;
        if (others > 0) bringing.set(hash, others);
        else {
          bringing.delete(hash);
          settle(hash, null);
        }
      };
    },
    coming(hash) {
      const known = bodies.get(hash);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        const waiters = waiting.get(hash) ?? new Set();
        const cancel = after(BEGIN_MS, () => {
          if (!bringing.has(hash)) settle(hash, null);
        });
        waiting.set(hash, waiters.add({ resolve, reject, cancel }));
      });
    },
  };
}

/** Throws a `WireError` if the bytes have another hash. */
export function readBody(bytes: Uint8Array, hash: string): CheckedBody {
  if (sha256Hex(bytes) === hash) return { bytes, leaves: decodeLeaves(bytes) };
  throw new WireError('blob-bad-hash', 'Cannot work: a body has another hash than announced');
}

/** A tenth of the time of a hash. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one === other) return true;
  if (one.length !== other.length) return false;
  const words = one.byteOffset % 4 === 0 && other.byteOffset % 4 === 0 ? one.length >> 2 : 0;
  const [left, right] = [one, other].map(
    (each) => new Int32Array(each.buffer, words === 0 ? 0 : each.byteOffset, words),
  );
  for (let index = 0; index < words; index++) if (left![index] !== right![index]) return false;
  for (let index = 4 * words; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}
