// Clients that a run lost without ending by it, said once when it ends: a script that looks at the state alone would
// learn of them nowhere.
import { warnOnce } from '@starling/federated-core/plan';
import { adviceOn } from '../record/advice.js';
import { formatLost } from '../record/lost-clients.js';
import type { RunOptions, RunResult } from './run-options.js';

type Told = Pick<RunOptions<never, never>, 'onRecord' | 'onRound' | 'onFailedRound' | 'faults'>;

/**
 * Warns on the console, with a line for each reason and the advice on it. Says nothing to those who take the run's
 * record, or its rounds and failed rounds, in which these clients are; and nothing of a run that simulates faults,
 * where they are meant to be lost.
 */
export function warnOfLost(
  { onRecord, onRound, onFailedRound, faults }: Told,
  { lost, rounds }: Pick<RunResult, 'lost' | 'rounds'>,
): void {
  const isTold = onRecord !== undefined || (onRound !== undefined && onFailedRound !== undefined);
  if (lost.length === 0 || isTold || faults !== undefined) return;
  const count = lost.reduce((sum, group) => sum + group.count, 0);
  const lines = [...lost.map(formatLost), ...adviceOn(lost)].map((line) => `\n    ${line}`);
  warnOnce(
    `${plural(count, 'answer')} of clients did not count in ${plural(rounds, 'round')} (lost, in the result of the run, has them)${lines.join('')}`,
  );
}

function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
