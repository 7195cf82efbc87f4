// The index of a file: for each client the stretches of bytes in which its rows stand. Rows of one client that follow
// each other are one stretch, so that a file that is sorted by client has an index of a few numbers a client.

/** Neighbouring rows are joined up to this many bytes, so that a stretch is read at once. */
const MAX_RUN_BYTES = 1 << 20;

export interface RowRuns {
  /** The clients' names, in the order in which they come first. */
  readonly ids: readonly string[];
  rowCount(client: number): number;
  /** The client's stretches, in the order of the file. */
  runs(client: number): Iterable<ByteRun>;
}

/** From the byte `begin` to before `end`. */
export interface ByteRun {
  readonly begin: number;
  readonly end: number;
}

export class RowRunsBuilder {
  private readonly ids: string[] = [];
  private readonly places = new Map<string, number>();
  private rows = new Float64Array(16);
  private clients = new Int32Array(1024);
  private begins = new Float64Array(1024);
  private ends = new Float64Array(1024);
  private count = 0;

  /** Adds a row of the client `id`, after all that were added before. */
  add(id: string, begin: number, end: number): void {
    let client = this.places.get(id);
    if (client === undefined) {
      client = this.ids.push(id) - 1;
      this.places.set(id, client);
      if (client === this.rows.length) this.rows = grown(this.rows, new Float64Array(2 * client));
    }
    this.rows[client] = (this.rows[client] as number) + 1;
    const last = this.count - 1;
    const isNext = last >= 0 && this.clients[last] === client && this.ends[last] === begin;
    if (isNext && end - (this.begins[last] as number) <= MAX_RUN_BYTES) {
      this.ends[last] = end;
      return;
    }
    if (this.count === this.clients.length) this.grow();
    this.clients[this.count] = client;
    this.begins[this.count] = begin;
    this.ends[this.count] = end;
    this.count++;
  }

  finish(): RowRuns {
    const { ids, rows, begins, ends, clients, count } = this;
    // Counting sort by client: `order` from `first[client]` on has its runs.
    const first = new Int32Array(ids.length + 1);
    for (let run = 0; run < count; run++) first[clients[run]! + 1]!++;
    for (let client = 0; client < ids.length; client++) first[client + 1]! += first[client]!;
    const next = first.slice();
    const order = new Int32Array(count);
    for (let run = 0; run < count; run++) order[next[clients[run]!]!++] = run;
    return {
      ids,
      rowCount: (client) => rows[client] as number,
      *runs(client) {
        for (let at = first[client]!; at < first[client + 1]!; at++) {
          const run = order[at]!;
          yield { begin: begins[run]!, end: ends[run]! };
        }
      },
    };
  }

  private grow(): void {
    const length = 2 * this.count;
    this.clients = grown(this.clients, new Int32Array(length));
    this.begins = grown(this.begins, new Float64Array(length));
    this.ends = grown(this.ends, new Float64Array(length));
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
