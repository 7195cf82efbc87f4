// The states of a run as files of one folder, `round-00000012.safetensors`: written aside, synced, renamed, the folder
// synced; and never read without the hash that the commit says.
import { codeOf, type Disk, replaceFile } from '../disk/disk.js';
import { expiredRounds } from '../runs/check-use.js';
import { StoreDamagedError } from '../runs/errors.js';
import type { StateMark } from '../runs/journal-entry.js';
import type { RetentionOptions } from '../runs/run-store.js';
import { sha256 } from './lines.js';

export interface StateFiles {
  /** Rounds of which there is a file, ascending. */
  rounds(): Promise<readonly number[]>;
  /** Once resolved it outlives a crash. */
  write(round: number, bytes: Uint8Array): Promise<StateMark>;
  /** `null` if there is none. Throws a `StoreDamagedError` if it is not as `mark` says. */
  read(round: number, mark: StateMark): Promise<Uint8Array | null>;
  /**
   * Deletes what retention does not ask for once `latest` is committed, and states of later rounds, which are void; a
   * disk that refuses keeps it until the next time.
   */
  expire(latest: number, retention: Required<RetentionOptions>, pinned: readonly number[]): Promise<void>;
}

const FILE = /^round-(\d{8,})\.safetensors$/;

function fileName(round: number): string {
  return `round-${String(round).padStart(8, '0')}.safetensors`;
}

export function stateFiles(disk: Disk, folder: string): StateFiles {
  async function rounds(): Promise<readonly number[]> {
    const names = await disk.list(folder);
    return names
      .flatMap((name) => FILE.exec(name)?.[1] ?? [])
      .map(Number)
      .filter((round) => Number.isSafeInteger(round) && names.includes(fileName(round)))
      .sort((one, other) => one - other);
  }
  return {
    rounds,
    async write(round, bytes) {
      await replaceFile(disk, folder, fileName(round), bytes);
      return { bytes: bytes.length, sha256: sha256(bytes) };
    },
    async read(round, mark) {
      const path = `${folder}/${fileName(round)}`;
      let bytes: Uint8Array;
      try {
        bytes = await disk.read(path);
      } catch (cause) {
        if (codeOf(cause) === 'ENOENT') return null;
        if (codeOf(cause) !== 'EIO') throw cause; // such as too many open files: it may be whole
        throw new StoreDamagedError(`Cannot read ${path}: ${(cause as Error).message}`, { cause });
      }
      const hash = sha256(bytes);
      if (bytes.length === mark.bytes && hash === mark.sha256) return bytes;
      throw new StoreDamagedError(
        `Cannot read ${path}: need ${mark.bytes} bytes of SHA-256 ${mark.sha256}, got ${bytes.length} of ${hash}`,
      );
    },
    async expire(latest, retention, pinned) {
      try {
        const there = await rounds();
        // Void ones, from before a start that had passed over them, would else take the places of the last ones.
        const isVoid = (round: number): boolean => round > latest;
        const valid = there.filter((round) => !isVoid(round));
        for (const round of [...there.filter(isVoid), ...expiredRounds(valid, retention, pinned)]) {
          await disk.remove(`${folder}/${fileName(round)}`);
        }
      } catch (error) {
        if (codeOf(error) === null) throw error;
      }
    },
  };
}
