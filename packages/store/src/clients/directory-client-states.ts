// What clients keep, in a directory: a folder a run, in it a segment for what was written between two syncs, and an
// index of the clients that were ever touched in memory. A segment that nothing is asked of any more is removed; what
// is left of one that is mostly void moves on, so that the folder holds little more than what may be asked for. One
// that is damaged is set aside instead, under another name: a state that cannot be found in it may be the only copy.
import { checkOptions } from '@starling/federated-core/plan';
import { type Disk, type DiskFile, writeAll } from '../disk/disk.js';
import { nodeDisk } from '../disk/node-disk.js';
import { takeLock } from '../durable/lock-file.js';
import { type Owner, processOwner } from '../durable/owner.js';
import { refused } from '../durable/refused.js';
import { checkRunName } from '../runs/check-use.js';
import { StoreFailedError, StoreLockedError } from '../runs/errors.js';
import {
  type ClientStateStore,
  type ClientVersion,
  type OpenClientStates,
  versionsToHold,
} from './client-states.js';
import { encodeEntry, readEntries, readState, type SegmentEntry } from './segment.js';

export interface DirectoryClientStatesOptions {
  /** Default: the disk of this machine. */
  readonly disk?: Disk;
  /** Who writes. Default: this process. */
  readonly owner?: Owner;
}

/** A store in `directory`, which is made by the first `open`, and locked while a run is open. */
export function directoryClientStates(
  directory: string,
  options: DirectoryClientStatesOptions = {},
): ClientStateStore {
  checkOptions('Cannot keep states in a directory', options, { disk: true, owner: true });
  const { disk = nodeDisk, owner = processOwner() } = options;
  const open = new Set<string>();
  return {
    name: directory,
    async open(run) {
      checkRunName(run);
      if (open.has(run)) {
        throw new StoreLockedError(`Cannot keep states of run '${run}': they are open in this process`);
      }
      const folder = `${directory}/${run}`;
      return refused(`open ${folder}`, async () => {
        await disk.makeFolder(folder);
        const release = await takeLock(disk, folder, owner);
        try {
          const states = new DirectoryStates(disk, folder, async () => {
            open.delete(run);
            await release();
          });
          await states.load();
          open.add(run);
          return inTurn(states, folder);
        } catch (error) {
          await release();
          throw error;
        }
      });
    },
  };
}

/** One call after another: clients of one process share a store. */
function inTurn(states: OpenClientStates, folder: string): OpenClientStates {
  let last: Promise<unknown> = Promise.resolve();
  const next = <T>(what: string, call: () => Promise<T>): Promise<T> => {
    const result = last.then(() => refused(`${what} ${folder}`, call));
    last = result.catch(() => {});
    return result;
  };
  return {
    read: (client, id) => next('read from', () => states.read(client, id)),
    write: (client, version, state) => next('write to', () => states.write(client, version, state)),
    sync: () => next('write to', () => states.sync()),
    settle: (client, base, keepFrom) => next('write to', () => states.settle(client, base, keepFrom)),
    versions: (client) => next('read from', () => states.versions(client)),
    close: () => next('close', () => states.close()),
  };
}

interface Segment {
  readonly number: number;
  isDamaged: boolean;
  bytes: number;
  /** Of entries that are held. */
  liveBytes: number;
  /** How many of them there are. */
  live: number;
}

interface HeldEntry extends SegmentEntry {
  readonly segment: Segment;
}

const FILE = /^states-(\d+)\.segment(\.damaged)?$/;

/** One without entries. */
const newSegment = (number: number): Segment => ({
  number,
  isDamaged: false,
  bytes: 0,
  liveBytes: 0,
  live: 0,
});

/** A segment of which less is held than this share is taken apart. */
const LEAST_LIVE = 1 / 4;

class DirectoryStates implements OpenClientStates {
  private readonly clients = new Map<string, readonly HeldEntry[]>();
  private readonly segments = new Map<number, Segment>();
  /** The one that is written to; there is none after a sync. */
  private current: { readonly segment: Segment; readonly file: DiskFile } | null = null;
  private next = 1;
  /** What the disk said when it refused. */
  private failure: unknown = null;

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    private readonly onClose: () => Promise<void>,
  ) {}

  /** Of the files that are there: what was let go of and is still in one is held again, until it is settled anew. */
  async load(): Promise<void> {
    const names = await this.disk.list(this.folder);
    const files = names.flatMap((name) => {
      const [, number, isAside] = FILE.exec(name) ?? [];
      return number === undefined ? [] : [{ number: Number(number), isAside: isAside !== undefined }];
    });
    for (const { number, isAside } of files.sort((one, other) => one.number - other.number)) {
      this.next = number + 1; // no number is taken again while its file is aside
      if (isAside) continue;
      const segment = newSegment(number);
      this.segments.set(number, segment);
      const { entries, isDamaged } = await readEntries(this.disk, this.path(segment));
      segment.isDamaged = isDamaged;
      for (const [client, entry] of entries) {
        segment.bytes += entry.size;
        this.hold(client, { ...entry, segment });
      }
    }
    await this.tidy();
  }

  async read(client: string, id: string): Promise<Uint8Array | null> {
    this.check();
    const entry = this.of(client).find((each) => each.id === id);
    // One that was damaged when its segment was taken apart is nowhere.
    if (entry === undefined || !this.segments.has(entry.segment.number)) return null;
    return readState(this.disk, this.path(entry.segment), entry);
  }

  async write(client: string, version: ClientVersion, state: Uint8Array): Promise<void> {
    this.check();
    const { segment, file } = this.current ?? (await this.begin());
    const { entry, bytes } = encodeEntry(client, version, state, segment.bytes);
    await writeAll(file, bytes).catch((error) => this.giveUp(error));
    segment.bytes += bytes.length;
    this.hold(client, { ...entry, segment });
  }

  async sync(): Promise<void> {
    this.check();
    const emptied = await this.moveOut();
    const { current } = this;
    if (current !== null) {
      try {
        await current.file.sync();
        await current.file.close();
        await this.disk.syncFolder(this.folder);
      } catch (error) {
        await this.giveUp(error);
      }
      this.current = null;
    }
    for (const segment of emptied) await this.remove(segment);
    await this.tidy();
  }

  async settle(client: string, base: string | null, keepFrom: number): Promise<void> {
    const before = this.of(client);
    const held = versionsToHold(before, base, keepFrom);
    for (const entry of before) if (!held.includes(entry)) this.letGo(entry);
    if (held.length === 0) this.clients.delete(client);
    else this.clients.set(client, held);
  }

  async versions(client: string): Promise<readonly ClientVersion[]> {
    return this.of(client).map(({ id, round, base }) => ({ id, round, base }));
  }

  async close(): Promise<void> {
    await this.current?.file.close();
    this.current = null;
    await this.onClose();
  }

  private of(client: string): readonly HeldEntry[] {
    return this.clients.get(client) ?? [];
  }

  private path({ number }: Segment): string {
    return `${this.folder}/states-${String(number).padStart(8, '0')}.segment`;
  }

  private async begin(): Promise<NonNullable<typeof this.current>> {
    const segment = newSegment(this.next++);
    const file = await this.disk.open(this.path(segment), 'write');
    this.segments.set(segment.number, segment);
    this.current = { segment, file };
    return this.current;
  }

  private hold(client: string, entry: HeldEntry): void {
    const before = this.of(client);
    for (const each of before) if (each.id === entry.id) this.letGo(each);
    const others = before.filter(({ id }) => id !== entry.id);
    this.clients.set(
      client,
      [...others, entry].sort((one, other) => one.round - other.round),
    );
    entry.segment.live++;
    entry.segment.liveBytes += entry.size;
  }

  private letGo({ segment, size }: HeldEntry): void {
    segment.live--;
    segment.liveBytes -= size;
  }

  /** Copies what is left in segments that are mostly void to the one at hand; gives those that are empty by that. */
  private async moveOut(): Promise<readonly Segment[]> {
    const { current } = this;
    if (current === null) return [];
    const sparse = [...this.segments.values()].filter(
      (each) => each !== current.segment && each.live > 0 && each.liveBytes < LEAST_LIVE * each.bytes,
    );
    for (const segment of sparse) {
      const path = this.path(segment);
      const { entries, isDamaged } = await readEntries(this.disk, path);
      segment.isDamaged = isDamaged;
      for (const [client, entry] of entries) {
        const isHeld = this.of(client).some((each) => each.segment === segment && each.at === entry.at);
        const state = isHeld ? await readState(this.disk, path, entry) : null;
        if (state !== null) await this.write(client, entry, state);
      }
    }
    return sparse;
  }

  /** Removes segments that nothing is held of. */
  private async tidy(): Promise<void> {
    for (const segment of [...this.segments.values()]) {
      if (segment.live === 0 && segment !== this.current?.segment) await this.remove(segment);
    }
  }

  private async remove(segment: Segment): Promise<void> {
    this.segments.delete(segment.number);
    const path = this.path(segment);
    await (segment.isDamaged ? this.disk.rename(path, `${path}.damaged`) : this.disk.remove(path));
  }

  /**
   * After the disk has refused, what was written since the last sync is in doubt, and a later sync would not speak for
   * it: the folder is to be opened anew.
   */
  private async giveUp(cause: unknown): Promise<never> {
    this.failure = cause;
    await this.current?.file.close().catch(() => {});
    this.current = null;
    throw cause;
  }

  private check(): void {
    if (this.failure === null) return;
    throw new StoreFailedError(
      `Cannot use ${this.folder}: the disk refused before, and what was written last may not be there; open it anew`,
      { cause: this.failure },
    );
  }
}
