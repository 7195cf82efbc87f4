// Which clients' data a worker holds, as main knows it: the least recently used go first. Data is copied once
// into a buffer that becomes the worker's own; a client that returns to the same worker costs nothing.

export interface HeldDataLimits {
  readonly maxBytes: number;
  readonly maxClients: number;
}

export class HeldData {
  /** Bytes by client, least recently used first. */
  private readonly bytes = new Map<number, number>();
  private total = 0;

  constructor(private readonly limits: HeldDataLimits) {}

  /** Whether the worker holds the client's data; if so, it counts as used. */
  use(client: number): boolean {
    const bytes = this.bytes.get(client);
    if (bytes === undefined) return false;
    this.bytes.delete(client);
    this.bytes.set(client, bytes);
    return true;
  }

  add(client: number, bytes: number): void {
    this.bytes.set(client, bytes);
    this.total += bytes;
  }

  /** Lets go of what is over the limits, and says whom. */
  evict(): readonly number[] {
    const evicted: number[] = [];
    for (const [client, bytes] of this.bytes) {
      if (this.total <= this.limits.maxBytes && this.bytes.size <= this.limits.maxClients) break;
      this.bytes.delete(client);
      this.total -= bytes;
      evicted.push(client);
    }
    return evicted;
  }
}
