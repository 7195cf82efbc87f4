// Checkpoints in a directory: `round-00000012.safetensors` for each of the last rounds, `best-00000007.safetensors` for
// the best one, if the run looks for it, and the record. What replaces a file, or stands for itself, is written aside,
// fsynced, renamed, and the directory fsynced, so that a crash at any point leaves the last whole one.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOptions, kinds, numberWithin } from '@starling/federated-core/plan';
import { RECORD_FILE, readRecord, recordText } from '../record/record-file.js';
import { CheckpointError } from '../runtime/errors.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.js';
import type { CheckpointStore, ResumedCheckpoint } from './checkpoint-store.js';
import { keptLines } from './kept-lines.js';

export interface DirectoryCheckpointOptions {
  /** How many checkpoints are kept; older ones are deleted. Default 2, at least 1. */
  readonly keep?: number;
}

/** A store in `directory`, which is made where it is missing. */
export function checkpointStore(
  directory: string,
  options: DirectoryCheckpointOptions = {},
): CheckpointStore {
  kinds.text('Cannot keep checkpoints', 'directory', directory);
  checkOptions('Cannot keep checkpoints', options, { keep: numberWithin({ whole: true, from: 1 }) });
  const { keep = 2 } = options;
  let lines: string[] = [];
  /** Of the last checkpoint; 0 for none. */
  let bestRound = 0;

  const flush = async (): Promise<void> => {
    if (lines.length === 0) return;
    const file = await open(join(directory, RECORD_FILE), 'a');
    try {
      await file.appendFile(lines.join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    lines = [];
  };

  return {
    name: directory,
    async resume(accept) {
      await mkdir(directory, { recursive: true });
      const checkpoint = await readNewest(directory, await checkpointRounds(directory));
      if (checkpoint !== null) accept(checkpoint);
      await forgetLines(directory, checkpoint?.round ?? null);
      lines = [];
      bestRound = checkpoint?.best?.round ?? 0;
      await forgetBest(directory, bestRound);
      return checkpoint;
    },
    async save(checkpoint, best) {
      await mkdir(directory, { recursive: true });
      await flush(); // before the checkpoint: lines beyond it are forgotten on resume, missing ones are not made up
      // Before the checkpoint that names it; the best state of the checkpoint before stays until then.
      if (best !== undefined) await writeDurably(directory, bestName(best.round), encodeCheckpoint(best));
      await writeDurably(directory, fileName(checkpoint.round), encodeCheckpoint(checkpoint));
      bestRound = checkpoint.best?.round ?? 0;
      await forgetBest(directory, bestRound);
      const old = (await checkpointRounds(directory)).slice(0, -Math.max(1, keep));
      for (const round of old) await rm(join(directory, fileName(round)), { force: true });
    },
    async best() {
      return bestRound === 0 ? null : readCheckpoint(directory, bestRound, bestName(bestRound));
    },
    record(line) {
      lines.push(recordText([line]));
    },
    async flush() {
      await mkdir(directory, { recursive: true });
      await flush();
    },
  };
}

const FILE = /^round-(\d{8,})\.safetensors$/;

const BEST = /^best-(\d{8,})\.safetensors$/;

function bestName(round: number): string {
  return fileName(round).replace('round', 'best');
}

/** Deletes best states of other rounds than `round`. */
async function forgetBest(directory: string, round: number): Promise<void> {
  for (const name of await readdir(directory)) {
    if (BEST.test(name) && name !== bestName(round)) await rm(join(directory, name), { force: true });
  }
}

function fileName(round: number): string {
  return `round-${String(round).padStart(8, '0')}.safetensors`;
}

/** The rounds of which there is a checkpoint, in ascending order. */
export async function checkpointRounds(directory: string): Promise<readonly number[]> {
  const names = await readdir(directory);
  return names
    .flatMap((name) => FILE.exec(name)?.[1] ?? [])
    .map(Number)
    .filter((round) => Number.isSafeInteger(round) && names.includes(fileName(round)))
    .sort((a, b) => a - b);
}

/** Of rounds in ascending order; an error says whether there is an older one to continue from. */
async function readNewest(directory: string, rounds: readonly number[]): Promise<ResumedCheckpoint | null> {
  const [newest, ...older] = rounds.toReversed();
  if (newest === undefined) return null;
  try {
    return await readCheckpoint(directory, newest);
  } catch (cause) {
    for (const round of older) {
      const isWhole = await readCheckpoint(directory, round).then(
        () => true,
        () => false,
      );
      if (!isWhole) continue;
      throw new CheckpointError(
        `${(cause as CheckpointError).message}; ${fileName(round)} is whole: to continue from there, move ${rounds
          .filter((later) => later > round)
          .map(fileName)
          .join(', ')} out of the directory`,
        { cause },
      );
    }
    throw cause;
  }
}

/** Throws a `CheckpointError` for a file that cannot be read, or is not as it was written. */
export async function readCheckpoint(
  directory: string,
  round: number,
  name: string = fileName(round),
): Promise<ResumedCheckpoint> {
  const path = join(directory, name);
  try {
    return decodeCheckpoint(await readFile(path), round);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(`Cannot resume from ${path}: ${reason}`, { cause });
  }
}

/** Leaves out lines of what came after `round`, which was recorded but not committed; all, where there is none. */
async function forgetLines(directory: string, round: number | null): Promise<void> {
  const lines = await readRecord(directory);
  if (lines === null) return;
  const kept = round === null ? [] : keptLines(lines, round);
  await writeDurably(directory, RECORD_FILE, recordText(kept));
}

async function writeDurably(directory: string, name: string, content: Uint8Array | string): Promise<void> {
  const aside = join(directory, `${name}.partial`);
  const file = await open(aside, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, join(directory, name));
  const folder = await open(directory, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
