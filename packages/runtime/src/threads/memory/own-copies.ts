// A worker's copies of the clients' data. Engines take no shared memory, so what lies in the arena is copied out before
// each use: a tenth of a round of a small model. A copy of a client that returns is kept for the next time.
import type { Tensor } from '@starling/federated-core';
import type { PlacedLeaves } from './client-store.js';
import { byteLength, place, writeLeaves } from './shared-leaves.js';

export interface OwnCopies {
  /** The client's data in ordinary memory, to be read alone: it may be overwritten by the next call. */
  copyOf(placed: PlacedLeaves): readonly Tensor[];
}

/** Fewest calls without a copy before all copies go, as a multiple of the copies. */
const PATIENCE = 16;
const FEWEST_COPIES = 64;

/**
 * Copies out of `arena`; `maxBytes` of them stay. While they fill that, no other takes the place of one: of clients
 * drawn at random as many are found, and nothing is copied in vain. All go once few are asked for.
 */
export function createOwnCopies(arena: SharedArrayBuffer, maxBytes: number): OwnCopies {
  const copies = new Map<number, readonly Tensor[]>();
  /** Seen once: a copy is worth its memory from the second time on. */
  const seen = new Set<number>();
  let staging = new ArrayBuffer(0);
  let bytesKept = 0;
  let missed = 0;

  const copyTo = (memory: ArrayBuffer, { start, forms }: PlacedLeaves): readonly Tensor[] =>
    writeLeaves(place(forms, memory), place(forms, arena, start));
  const forgetIfStale = (): void => {
    if (++missed <= PATIENCE * Math.max(copies.size, FEWEST_COPIES)) return;
    copies.clear();
    seen.clear();
    bytesKept = 0;
    missed = 0;
  };

  return {
    copyOf(placed) {
      const { id, forms } = placed;
      const kept = copies.get(id);
      if (kept !== undefined) return kept;
      forgetIfStale();
      const bytes = byteLength(forms);
      if (seen.has(id) && bytesKept + bytes <= maxBytes) {
        const copy = copyTo(new ArrayBuffer(bytes), placed);
        copies.set(id, copy);
        bytesKept += bytes;
        return copy;
      }
      seen.add(id);
      if (staging.byteLength < bytes) staging = new ArrayBuffer(bytes);
      return copyTo(staging, placed);
    },
  };
}
