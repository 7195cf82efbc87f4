// Who writes to a directory, as a file `writer-<n>.lock`. Each owner makes the next number, which only one can; the
// highest number is never deleted, so that two who find a dead owner at the same time cannot both take its place.
import { codeOf, type Disk, writeAll } from '../disk/disk.js';
import { StoreLockedError } from '../runs/errors.js';
import { formatOwner, type Owner, parseOwner } from './owner.js';

const FILE = /^writer-(\d+)\.lock$/;

/** Takes the lock of `folder`; gives what releases it. Throws a `StoreLockedError` if its owner is alive. */
export async function takeLock(disk: Disk, folder: string, self: Owner): Promise<() => Promise<void>> {
  const text = formatOwner(self);
  const aside = `${folder}/writer-${self.id}.aside`;
  try {
    for (;;) {
      const numbers = await lockNumbers(disk, folder);
      const highest = numbers.at(-1) ?? 0;
      if (highest > 0) await checkFree(disk, folder, highest, self);
      await writeFile(disk, aside, text);
      const path = fileName(folder, highest + 1);
      try {
        await disk.link(aside, path);
      } catch (error) {
        if (codeOf(error) === 'EEXIST') continue; // somebody was quicker: see whether they are alive
        throw error;
      }
      const release = () => ignoringDisk(() => markReleased(disk, aside, path));
      try {
        const after = await lockNumbers(disk, folder);
        if (after.at(-1) !== highest + 1) continue; // the number was an old one that had been deleted
        for (const old of after.slice(0, -1)) await disk.remove(fileName(folder, old));
      } catch (error) {
        await release();
        throw error;
      }
      return release;
    }
  } finally {
    await ignoringDisk(() => disk.remove(aside));
  }
}

async function markReleased(disk: Disk, aside: string, path: string): Promise<void> {
  await writeFile(disk, aside, RELEASED);
  await disk.rename(aside, path);
}

/** For what the end of the process does as well. */
async function ignoringDisk(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (codeOf(error) === null) throw error;
  }
}

const RELEASED = 'released';

async function checkFree(disk: Disk, folder: string, number: number, self: Owner): Promise<void> {
  const path = fileName(folder, number);
  let text: string;
  try {
    text = new TextDecoder().decode(await disk.read(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (text === RELEASED) return;
  const owner = parseOwner(text);
  // A crash of the machine may leave an empty file: then nobody of before it is alive.
  if (owner === null || self.isGone(owner)) return;
  const who = `process ${owner.pid} on ${owner.host}`;
  const remedy = self.host === owner.host ? 'stop it first' : `if it is gone for good, delete ${path}`;
  throw new StoreLockedError(`Cannot write to ${folder}: ${who} writes to it; ${remedy}`);
}

async function lockNumbers(disk: Disk, folder: string): Promise<readonly number[]> {
  const names = await disk.list(folder);
  return names
    .flatMap((name) => FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

function fileName(folder: string, number: number): string {
  return `${folder}/writer-${number}.lock`;
}

async function writeFile(disk: Disk, path: string, text: string): Promise<void> {
  const file = await disk.open(path, 'write');
  try {
    await writeAll(file, new TextEncoder().encode(text));
    await file.sync();
  } finally {
    await file.close();
  }
}
