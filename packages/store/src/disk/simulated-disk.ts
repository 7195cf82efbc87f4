// A disk in memory that fails by plan: it refuses calls, writes short, and on a crash keeps of what was not synced only
// what chance would have it. What a file or folder was synced to survives; later bytes of a file survive up to some
// point, and later names of a folder up to some change. (As of ext4 in its default mode; see Pillai et al., "All File
// Systems Are Not Created Equal", OSDI 2014.)
import type { Disk, DiskFile } from './disk.js';

/** What a disk does at its next call; anything but `null` happens to it. */
export type DiskFault = 'ENOSPC' | 'EIO' | 'short' | 'crash' | null;

export interface SimulatedDiskOptions {
  /** Decides on each call: its name, its path and its number, from 1. Default: nothing ever fails. */
  readonly fault?: (call: DiskCall, path: string, number: number) => DiskFault;
  /** A whole number from 0 below `bound`: what survives a crash. Default: as little as may. */
  readonly draw?: (bound: number) => number;
}

export type DiskCall =
  | 'makeFolder'
  | 'list'
  | 'read'
  | 'open'
  | 'write'
  | 'sync'
  | 'rename'
  | 'link'
  | 'remove'
  | 'syncFolder';

export interface SimulatedDisk extends Disk {
  /** Calls so far. */
  readonly calls: number;
  /** Power goes and comes back: what was not synced is lost as `draw` says, and files that were open are dead. */
  crash(): void;
  /** Paths of all files, as they are read now. */
  paths(): readonly string[];
  /** Changes a byte of a file, behind everybody's back. */
  flipBit(path: string, bit: number): void;
  /** The bytes of a file, `null` if there is none; no call of the disk. */
  peek(path: string): Uint8Array | null;
}

/** Thrown at the call at which the disk was to crash: the process is gone, and so are its answers. */
export class SimulatedCrash extends Error {}

interface Inode {
  bytes: Uint8Array;
  /** How much of it outlives a crash for certain, and as what. */
  synced: Uint8Array;
}

type NameChange =
  | { readonly kind: 'set'; readonly name: string; readonly inode: Inode }
  | { readonly kind: 'remove'; readonly name: string };

interface Folder {
  names: Map<string, Inode>;
  synced: Map<string, Inode>;
  /** Since the last sync, in order. */
  changes: NameChange[];
}

export function simulatedDisk(options: SimulatedDiskOptions = {}): SimulatedDisk {
  const draw = options.draw ?? (() => 0);
  const folders = new Map<string, Folder>();
  let calls = 0;
  let era = 0;

  /** Throws if the call fails; says whether it is to write short. */
  function enter(call: DiskCall, path: string): boolean {
    calls++;
    const fault = options.fault?.(call, path, calls) ?? null;
    if (fault === 'crash') throw new SimulatedCrash(`the machine went down at ${call} ${path}`);
    if (fault === 'short') return true;
    if (fault !== null) throw failure(fault, call, path);
    return false;
  }
  function folderOf(path: string): { readonly folder: Folder; readonly name: string } {
    const slash = path.lastIndexOf('/');
    const folder = folders.get(path.slice(0, slash));
    if (folder === undefined) throw failure('ENOENT', 'open', path);
    return { folder, name: path.slice(slash + 1) };
  }
  function change(folder: Folder, made: NameChange): void {
    folder.changes.push(made);
    apply(folder.names, made);
  }
  function find(path: string): Inode {
    const { folder, name } = folderOf(path);
    const inode = folder.names.get(name);
    if (inode === undefined) throw failure('ENOENT', 'open', path);
    return inode;
  }

  return {
    get calls() {
      return calls;
    },
    async makeFolder(path) {
      enter('makeFolder', path);
      // A folder's own name is taken to be durable: stores make it once, long before anything counts.
      if (!folders.has(path)) folders.set(path, { names: new Map(), synced: new Map(), changes: [] });
    },
    async list(path) {
      enter('list', path);
      return [...(folders.get(path)?.names.keys() ?? [])];
    },
    async read(path) {
      enter('read', path);
      return find(path).bytes.slice();
    },
    async readPart(path, from, length) {
      enter('read', path);
      return find(path).bytes.slice(from, from + length);
    },
    async open(path, how) {
      enter('open', path);
      const { folder, name } = folderOf(path);
      let inode = folder.names.get(name);
      if (inode === undefined) {
        inode = { bytes: new Uint8Array(), synced: new Uint8Array() };
        change(folder, { kind: 'set', name, inode });
      } else if (how === 'write') inode.bytes = new Uint8Array();
      return fileOn(inode, path);
    },
    async rename(from, to) {
      enter('rename', to);
      const inode = find(from);
      const target = folderOf(to);
      change(target.folder, { kind: 'set', name: target.name, inode });
      const source = folderOf(from);
      change(source.folder, { kind: 'remove', name: source.name });
    },
    async link(from, to) {
      enter('link', to);
      const inode = find(from);
      const { folder, name } = folderOf(to);
      if (folder.names.has(name)) throw failure('EEXIST', 'link', to);
      change(folder, { kind: 'set', name, inode });
    },
    async remove(path) {
      enter('remove', path);
      const { folder, name } = folderOf(path);
      if (folder.names.has(name)) change(folder, { kind: 'remove', name });
    },
    async syncFolder(path) {
      enter('syncFolder', path);
      const folder = folders.get(path);
      if (folder === undefined) throw failure('ENOENT', 'syncFolder', path);
      folder.synced = new Map(folder.names);
      folder.changes = [];
    },
    crash() {
      era++;
      const crashed = new Set<Inode>();
      for (const folder of folders.values()) {
        const survived = draw(folder.changes.length + 1);
        const names = new Map(folder.synced);
        for (const made of folder.changes.slice(0, survived)) apply(names, made);
        folder.names = names;
        folder.synced = new Map(names);
        folder.changes = [];
        for (const inode of names.values()) crashed.add(inode);
      }
      for (const inode of crashed) inode.bytes = inode.synced = survivingBytes(inode, draw);
    },
    paths: () =>
      [...folders].flatMap(([path, { names }]) => [...names.keys()].map((name) => `${path}/${name}`)),
    flipBit(path, bit) {
      const inode = find(path);
      const bytes = inode.bytes.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      inode.bytes = bytes;
      inode.synced = bytes;
    },
    peek(path) {
      try {
        return find(path).bytes;
      } catch {
        return null;
      }
    },
  };

  function fileOn(inode: Inode, path: string): DiskFile {
    const born = era;
    const check = (): void => {
      if (born !== era) throw failure('EBADF', 'write', path);
    };
    return {
      async write(bytes) {
        check();
        const isShort = enter('write', path);
        const count = isShort ? Math.max(1, bytes.length >> 1) : bytes.length;
        const joined = new Uint8Array(inode.bytes.length + count);
        joined.set(inode.bytes);
        joined.set(bytes.subarray(0, count), inode.bytes.length);
        inode.bytes = joined;
        return count;
      },
      async sync() {
        check();
        enter('sync', path);
        inode.synced = inode.bytes;
      },
      async close() {},
    };
  }
}

function apply(names: Map<string, Inode>, made: NameChange): void {
  if (made.kind === 'set') names.set(made.name, made.inode);
  else names.delete(made.name);
}

/** What was synced, and of what was appended since some first part; of a file begun anew, perhaps nothing. */
function survivingBytes({ bytes, synced }: Inode, draw: (bound: number) => number): Uint8Array {
  const isAppended = bytes.length >= synced.length && synced.every((byte, index) => bytes[index] === byte);
  if (isAppended) return bytes.slice(0, synced.length + draw(bytes.length - synced.length + 1));
  return draw(2) === 0 ? synced : bytes.slice(0, draw(bytes.length + 1));
}

function failure(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${path}'`), { code });
}
