// Asks for blobs over one socket and hands each out once it is here and hashes to its name.

import { sha256Hex } from '@starling/plan/safetensors';
import { type PartialBody, WireError } from '@starling/wire';
import type { WantedBlob } from './plan-cache.js';

export interface BlobFetcher {
  fetch(wanted: readonly WantedBlob[]): Promise<readonly Uint8Array[]>;
  /** The length of a blob that is being waited for; throws a `WireError` for any other. */
  expectedBytes(hash: string): number;
  arrived(hash: string, body: Uint8Array): void;
  /** The socket is gone: what is waited for will not come, nor will what is asked for from here on. */
  cancel(error: Error): void;
}

interface Waiting {
  readonly bytes: number;
  readonly resolve: (body: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

/** `ask` sends the request; `partial` holds first bytes of blobs from before a cut. */
export function createBlobFetcher(
  ask: (blobs: readonly { readonly hash: string; readonly from: number }[]) => void,
  partial: ReadonlyMap<string, PartialBody>,
): BlobFetcher {
  const waiting = new Map<string, Waiting>();
  let gone: Error | null = null;
  const requested = (hash: string): Waiting => {
    const request = waiting.get(hash);
    if (request !== undefined) return request;
    throw new WireError('unknown-blob', `Cannot take blob ${hash}: it was not asked for`);
  };
  return {
    async fetch(wanted) {
      if (wanted.length === 0) return [];
      // Clients share what is fetched: one that waited here for a socket that is gone would have all of them wait.
      if (gone !== null) throw gone;
      const bodies = wanted.map(
        ({ hash, bytes }) =>
          new Promise<Uint8Array>((resolve, reject) => waiting.set(hash, { bytes, resolve, reject })),
      );
      ask(wanted.map(({ hash }) => ({ hash, from: partial.get(hash)?.received ?? 0 })));
      return Promise.all(bodies);
    },
    expectedBytes: (hash) => requested(hash).bytes,
    arrived(hash, body) {
      const request = requested(hash);
      if (body.length !== request.bytes || sha256Hex(body) !== hash) {
        throw new WireError(
          'blob-bad-hash',
          `Cannot take blob ${hash}: its bytes have another hash or length`,
        );
      }
      waiting.delete(hash);
      request.resolve(body);
    },
    cancel(error) {
      gone = error;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    },
  };
}
