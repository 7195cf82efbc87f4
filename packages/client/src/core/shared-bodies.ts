// Broadcasts that the clients of one process share: each socket brings the same bytes, which are checked against their
// hash and read once, and kept once.
import type { Tensor } from '@starling/federated-core';
import { decodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { WireError } from '@starling/wire';

/** A body that has the hash that it is said to have. */
export interface CheckedBody {
  readonly bytes: Uint8Array;
  /** To be read alone: others read them, too. */
  readonly leaves: readonly Tensor[];
}

export interface SharedBodies {
  /** The body, which may be one that came before. Throws a `WireError` if the bytes have another hash. */
  check(bytes: Uint8Array, hash: string): CheckedBody;
}

/** Rounds that clients of one process work on side by side. */
const MOST_BODIES = 4;

export function createSharedBodies(): SharedBodies {
  /** By hash; the least recently asked for first. */
  const bodies = new Map<string, CheckedBody>();
  return {
    check(bytes, hash) {
      const known = bodies.get(hash);
      bodies.delete(hash);
      const body = known !== undefined && isSame(known.bytes, bytes) ? known : readBody(bytes, hash);
      bodies.set(hash, body);
      if (bodies.size > MOST_BODIES) bodies.delete(bodies.keys().next().value as string);
      return body;
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
