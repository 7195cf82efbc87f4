// The data of clients in shared memory: one arena for all workers, so that each client's data is there once, is
// copied there once while it stays, and costs nothing when the client returns. The least recently used go first.
import type { Tensor } from '@starling/federated-core';
import { byteLength, type LeafForm, place, writeLeaves } from './shared-leaves.js';

/** Where the leaves of a client lie in the arena. */
export interface PlacedLeaves {
  /** A number of its own: data that takes its place, or the same client's another time, has another. */
  readonly id: number;
  readonly start: number;
  readonly forms: readonly LeafForm[];
}

interface Entry extends PlacedLeaves {
  readonly end: number;
  /** Lanes that are out with it: it stays where it is. */
  pins: number;
}

interface Gap {
  readonly start: number;
  readonly end: number;
}

export class ClientStore {
  /** By client; the least recently used first. */
  private readonly entries = new Map<number, Entry>();
  /** In order of place; no two touch. */
  private gaps: Gap[];
  private placed = 0;

  constructor(
    readonly arena: SharedArrayBuffer,
    private readonly maxClients: number,
  ) {
    this.gaps = [{ start: 0, end: arena.byteLength }];
  }

  /** The client's data, which stays until `release`; `null` if it is not in the store. */
  find(client: number): PlacedLeaves | null {
    const entry = this.entries.get(client);
    if (entry === undefined) return null;
    this.entries.delete(client);
    this.entries.set(client, entry);
    entry.pins++;
    return entry;
  }

  /** Copies a client's data in, to stay until `release`; `null` if there is no room, or strings are among it. */
  keep(client: number, leaves: readonly Tensor[]): PlacedLeaves | null {
    const found = this.find(client);
    if (found !== null) return found;
    if (leaves.some(({ dtype }) => dtype === 'string')) return null;
    const bytes = byteLength(leaves);
    const start = this.allocate(bytes);
    if (start === null) return null;
    writeLeaves(place(leaves, this.arena, start), leaves);
    const forms = leaves.map(({ dtype, shape }) => ({ dtype, shape }));
    const entry = { id: this.placed++, start, end: start + bytes, forms, pins: 1 };
    this.entries.set(client, entry);
    return entry;
  }

  release(client: number): void {
    this.entries.get(client)!.pins--;
  }

  private allocate(bytes: number): number | null {
    const unpinned = this.leastRecentlyUsed();
    while (this.entries.size >= this.maxClients) if (!this.evict(unpinned)) return null;
    for (;;) {
      const index = this.gaps.findIndex(({ start, end }) => end - start >= bytes);
      const gap = this.gaps[index];
      if (gap !== undefined) {
        const rest = { start: gap.start + bytes, end: gap.end };
        this.gaps.splice(index, 1, ...(rest.start < rest.end ? [rest] : []));
        return gap.start;
      }
      if (!this.evict(unpinned)) return null;
    }
  }

  private *leastRecentlyUsed(): Generator<readonly [number, Entry], void> {
    for (const entry of this.entries) if (entry[1].pins === 0) yield entry;
  }

  private evict(unpinned: Generator<readonly [number, Entry], void>): boolean {
    const { value } = unpinned.next();
    if (value === undefined) return false;
    const [client, { start, end }] = value;
    this.entries.delete(client);
    if (start === end) return true;
    const next = this.gaps.findIndex((gap) => gap.start >= end);
    const index = next < 0 ? this.gaps.length : next;
    const before = this.gaps[index - 1];
    const after = this.gaps[index];
    const joinsBefore = before !== undefined && before.end === start;
    const joinsAfter = after !== undefined && after.start === end;
    const gap = { start: joinsBefore ? before.start : start, end: joinsAfter ? after.end : end };
    this.gaps.splice(index - (joinsBefore ? 1 : 0), (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0), gap);
    return true;
  }
}
