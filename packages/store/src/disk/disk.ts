// The few operations of a file system that durable stores are made of, so that the same store runs on a real disk and
// on one that fails, cuts and loses by plan.

export interface DiskFile {
  /** Writes at the file's end; gives how many of the bytes were written, at least 1 and perhaps fewer than all. */
  write(bytes: Uint8Array): Promise<number>;
  /** Once resolved, what was written outlives a crash of the machine. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Throws as Node's file system does: errors with a `code` such as `ENOENT`. */
export interface Disk {
  /** With the folders above it. */
  makeFolder(path: string): Promise<void>;
  /** Names of what is in a folder, in any order; none for a folder that is missing. */
  list(folder: string): Promise<readonly string[]>;
  read(path: string): Promise<Uint8Array>;
  /** The bytes from `from` on, `length` of them or fewer where the file ends. */
  readPart(path: string, from: number, length: number): Promise<Uint8Array>;
  /** `write` begins an empty file, `append` continues the one that is there, or begins one. */
  open(path: string, how: 'write' | 'append'): Promise<DiskFile>;
  /** Replaces what stands at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** A second name for a file. Throws `EEXIST` if `to` is taken: of two callers one wins. */
  link(from: string, to: string): Promise<void>;
  /** Also of a file that is missing. */
  remove(path: string): Promise<void>;
  /** Once resolved, the names in a folder outlive a crash of the machine. */
  syncFolder(path: string): Promise<void>;
}

/** Writes all of the bytes, however often it takes. */
export async function writeAll(file: DiskFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

/**
 * Puts a file in the place of `path`: aside, synced, renamed, and its folder synced, so that it is whole or not there.
 */
export async function replaceFile(
  disk: Disk,
  folder: string,
  name: string,
  bytes: Uint8Array,
): Promise<void> {
  const aside = `${folder}/${name}.partial`;
  // A rename that a crash cut in half may have left both names on one file: emptying one would empty the other.
  await disk.remove(aside);
  const file = await disk.open(aside, 'write');
  try {
    await writeAll(file, bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(aside, `${folder}/${name}`);
  await disk.syncFolder(folder);
}

/** The code of an error of a file system or database, such as `ENOENT`; `null` for any other error. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return null;
  return /^(E[A-Z0-9]+|SQLITE_[A-Z_]+)$/.test(error.code) ? error.code : null;
}
