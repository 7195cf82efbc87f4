// What the rounds of a run came to: whether any of them had an update that counts, and if none had, why not.
import { StarlingError } from '@starling/federated-core';
import { adviceOn } from '../record/advice.js';
import { formatLost, joinLost, lostClients, type RoundReport } from '../record/lost-clients.js';
import type { LostClients } from '../record/record-line.js';

export interface Outcomes {
  readonly failedRounds: number;
  /** Counts a round in: `error` where it failed. */
  add(reports: readonly RoundReport[], error?: unknown): void;
  /** `nothing-counted`, where there were rounds that asked clients, and nothing of any of them counts; else `null`. */
  failure(): StarlingError | null;
}

export function createOutcomes(): Outcomes {
  let lost: readonly LostClients[] = [];
  let asked = 0;
  let failed = 0;
  let counted = false;
  let lastError: unknown;
  return {
    get failedRounds() {
      return failed;
    },
    add(reports, error) {
      if (error !== undefined) {
        failed++;
        lastError = error;
      }
      if (error !== undefined || reports.length > 0) asked++;
      if (counted) return;
      counted = error === undefined && reports.some(({ status }) => status === 'accepted');
      lost = counted ? [] : joinLost([...lost, ...lostClients(reports)]);
    },
    failure() {
      if (asked === 0 || counted) return null;
      const rounds = asked === 1 ? 'one round' : `${asked} rounds`;
      const [last] = (lastError instanceof Error ? lastError.message : '').split('\n');
      const lines = [...lost.map(formatLost), ...adviceOn(lost)].map((line) => `\n    ${line}`);
      return new StarlingError(
        'nothing-counted',
        `Cannot finish the run: need a round with an update that counts, got none in ${rounds}${last === '' ? '' : `; the last one: ${last}`}${lines.join('')}`,
      );
    },
  };
}
