// Which state a run continues from: the newest that is whole, whatever is damaged of later ones.
import { StoreDamagedError } from '../runs/errors.js';
import type { RunHistory } from '../runs/history.js';
import type { KeptCommit, StateMark } from '../runs/journal-entry.js';
import type { Damage, FoundRun, KeptState } from '../runs/run-store.js';
import { damageText, refused } from './refused.js';
import type { StateFiles } from './state-files.js';

/** The newest state that is whole, and what was passed over. */
export async function newestState(
  { states, where }: { readonly states: StateFiles; readonly where: string },
  { commits }: RunHistory,
  damage: readonly Damage[],
): Promise<Pick<FoundRun, 'state' | 'damage'>> {
  const passed = [...damage];
  let latest = true;
  for (const { round, state: mark } of commits.toReversed()) {
    if (mark === null) continue;
    const found = await stateOr(passed, states, round, mark);
    if (found !== null) {
      await checkPinned(passed, states, commits, round);
      return { state: found, damage: passed };
    }
    // Older ones are deleted on purpose; a commit's own file never is before the next commit.
    if (latest && passed.length === damage.length) {
      passed.push({ where: `${where}, the state of round ${round}`, reason: 'the file is missing' });
    }
    latest = false;
  }
  if (passed.length > 0 && (!latest || (await refused(`read ${where}`, () => states.rounds())).length > 0)) {
    throw new StoreDamagedError(`Cannot continue from ${where}: no state is whole${damageText(passed)}`);
  }
  return { state: null, damage: passed };
}

/** Of states that a run keeps besides that of `round`, such as the best one: what is wrong with them. */
async function checkPinned(
  damage: Damage[],
  states: StateFiles,
  commits: readonly KeptCommit[],
  round: number,
): Promise<void> {
  const commitOf = (wanted: number) => commits.find((commit) => commit.round === wanted);
  for (const pinned of commitOf(round)?.pinned ?? []) {
    const mark = pinned === round ? null : (commitOf(pinned)?.state ?? null);
    if (mark === null) continue;
    const before = damage.length;
    const found = await stateOr(damage, states, pinned, mark);
    if (found !== null || damage.length > before) continue;
    damage.push({ where: `the state of round ${pinned}`, reason: 'the file is missing' });
  }
}

/** `null` if it is not there as a whole; what is wrong with one that is there is added to `damage`. */
export async function stateOr(
  damage: Damage[],
  states: StateFiles,
  round: number,
  mark: StateMark,
): Promise<KeptState | null> {
  try {
    const bytes = await refused(`read the state of round ${round}`, () => states.read(round, mark));
    return bytes === null ? null : { round, bytes };
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    damage.push({ where: `the state of round ${round}`, reason: error.message });
    return null;
  }
}
