// Checkpoints in a directory: `round-00000012.safetensors` for each of the last rounds, and `metrics.jsonl`. A
// checkpoint is written aside, fsynced, renamed, and the directory fsynced, so that a crash at any point leaves
// the last whole one.
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '@starling/federated-core';
import { CheckpointError } from '../runtime/errors.js';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.js';
import type { CheckpointStore, MetricsRow, ResumedCheckpoint } from './checkpoint-store.js';

export interface DirectoryCheckpointOptions {
  /** How many checkpoints are kept; older ones are deleted. Default 2, at least 1. */
  readonly keep?: number;
}

/** A store in `directory`, which is made where it is missing. */
export function checkpointStore(
  directory: string,
  { keep = 2 }: DirectoryCheckpointOptions = {},
): CheckpointStore {
  const metricsPath = join(directory, METRICS);
  let rows: string[] = [];

  const flushRows = async (): Promise<void> => {
    if (rows.length === 0) return;
    const file = await open(metricsPath, 'a');
    try {
      await file.appendFile(rows.join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    rows = [];
  };

  return {
    name: directory,
    async resume(accept) {
      await mkdir(directory, { recursive: true });
      const checkpoint = await readNewest(directory, await checkpointRounds(directory));
      if (checkpoint !== null) accept(checkpoint);
      await forgetRows(metricsPath, checkpoint?.round ?? 0);
      rows = [];
      return checkpoint;
    },
    async save(checkpoint) {
      await mkdir(directory, { recursive: true });
      await flushRows(); // before the checkpoint: rows beyond it are forgotten on resume, missing ones are not made up
      await writeDurably(directory, fileName(checkpoint.round), encodeCheckpoint(checkpoint));
      const old = (await checkpointRounds(directory)).slice(0, -Math.max(1, keep));
      for (const round of old) await rm(join(directory, fileName(round)), { force: true });
    },
    record(row) {
      rows.push(`${JSON.stringify(row, jsonValue)}\n`);
    },
  };
}

const METRICS = 'metrics.jsonl';
const FILE = /^round-(\d{8,})\.safetensors$/;

function fileName(round: number): string {
  return `round-${String(round).padStart(8, '0')}.safetensors`;
}

async function checkpointRounds(directory: string): Promise<readonly number[]> {
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
async function readCheckpoint(directory: string, round: number): Promise<ResumedCheckpoint> {
  const path = join(directory, fileName(round));
  try {
    return decodeCheckpoint(await readFile(path), round);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CheckpointError(`Cannot resume from ${path}: ${reason}`, { cause });
  }
}

/** Leaves out rows of rounds after `round`, which were recorded but not committed, and a last line cut short. */
async function forgetRows(path: string, round: number): Promise<void> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw new StarlingError('bad-checkpoint', `Cannot read ${path}`, { cause: error });
  }
  const lines = text.split('\n').filter((line) => {
    try {
      return line !== '' && (JSON.parse(line) as MetricsRow).round <= round;
    } catch {
      return false; // cut short by a crash
    }
  });
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
}

async function writeDurably(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  const aside = join(directory, `${name}.partial`);
  const file = await open(aside, 'w');
  try {
    await file.writeFile(bytes);
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

/** Bigints and typed arrays as JSON can hold them. */
function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as ArrayLike<number | bigint>)
    : value;
}
