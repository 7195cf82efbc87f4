// A file that is read in parts over a long time: opened for each read, and refused once it has changed.
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { FileError } from '../errors/file-error.js';

/** Bytes of each of the three parts that are hashed. */
const HASHED = 65_536;

export interface DataFile {
  readonly path: string;
  readonly bytes: number;
  /** Fills `target` from the byte `at` on; gives how many bytes there were. */
  read(target: Uint8Array, at: number): number;
  /** Calls `use` with a `read` that opens the file once. */
  open<T>(use: (read: DataFile['read']) => T): T;
  /** SHA-256 of the file's size, its beginning, its middle and its end. */
  hash(): string;
}

/**
 * Throws a `FileError` if there is no such file, or it is a folder or empty; and when it is read with another size or
 * time than it had.
 */
export function dataFile(path: string): DataFile {
  const first = statOf(path);
  if (!first.isFile()) {
    throw new FileError({ path, need: 'must be a file', got: 'a folder', remedy: 'Name the file in it.' });
  }
  if (first.size === 0) {
    throw new FileError({
      path,
      need: 'must hold data',
      got: 'an empty file',
      remedy: 'Check how it was made.',
    });
  }
  const open = <T>(use: (read: DataFile['read']) => T): T => {
    const file = openSync(path, 'r');
    try {
      const now = fstatSync(file);
      if (now.size !== first.size || now.mtimeMs !== first.mtimeMs) {
        throw new FileError({
          path,
          need: 'must stay as it was when it was opened',
          got: 'a changed file',
          remedy: 'Read it anew.',
        });
      }
      return use((target, at) => readWhole(file, target, at));
    } finally {
      closeSync(file);
    }
  };
  const read: DataFile['read'] = (target, at) => open((readOpen) => readOpen(target, at));
  const hash = (): string => {
    const sha = createHash('sha256').update(`${first.size}\n`);
    const part = new Uint8Array(HASHED);
    open((readOpen) => {
      for (const at of [0, Math.floor(first.size / 2), Math.max(0, first.size - HASHED)]) {
        sha.update(part.subarray(0, readOpen(part, at)));
      }
    });
    return sha.digest('hex');
  };
  return { path, bytes: first.size, read, open, hash };
}

/** A file's name without its ending: what its clients, or its one client, are called by. */
export function bareName(path: string): string {
  return basename(path, extname(path));
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (cause) {
    throw new FileError({
      path,
      need: 'must be there',
      got: 'no such file',
      remedy: `Looked at ${path}.`,
      cause,
    });
  }
}

function readWhole(file: number, target: Uint8Array, at: number): number {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(file, target, filled, target.length - filled, at + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
