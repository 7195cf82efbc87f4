// A store that takes up an earlier checkpoint of a directory and writes nothing: for those who run rounds again, and
// leave what was recorded as it is.
import type { CheckpointStore, ResumedCheckpoint } from './checkpoint-store.js';
import { checkpointRounds, readCheckpoint } from './directory-checkpoints.js';

/**
 * Takes up the last whole checkpoint of `directory` up to round `round`, if there is one. Throws where the directory
 * cannot be read.
 */
export function earlierCheckpoint(directory: string, round: number): CheckpointStore {
  return {
    name: directory,
    async resume(accept) {
      const checkpoint = await lastWhole(directory, round);
      if (checkpoint !== null) accept(checkpoint);
      return checkpoint;
    },
    save() {},
    record() {},
    flush() {},
  };
}

/** One that is damaged is passed over: an older one gives the same state, only later. */
async function lastWhole(directory: string, round: number): Promise<ResumedCheckpoint | null> {
  const rounds = (await checkpointRounds(directory)).filter((each) => each <= round);
  for (const each of rounds.toReversed()) {
    const checkpoint = await readCheckpoint(directory, each).catch(() => null);
    if (checkpoint !== null) return checkpoint;
  }
  return null;
}
