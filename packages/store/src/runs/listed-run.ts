// A run in a list of runs, read off its history: every store lists with it.
import type { RunHistory } from './history.js';
import type { ListedRun } from './run-store.js';

export function listedRun({ run, identity, commits, end }: RunHistory): ListedRun {
  return { run, identity, rounds: commits.at(-1)?.round ?? 0, end };
}
