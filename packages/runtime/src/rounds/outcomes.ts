// What the rounds of a run came to: whether any of them had an update that counts, and if none had, why not.
import { StarlingError } from '@starling/federated-core';
import { thrownWords } from '@starling/federated-core/plan';
import { adviceOn } from '../record/advice.js';
import { formatLost, joinLost, lostClients, type RoundReport } from '../record/lost-clients.js';
import type { LostClients } from '../record/record-line.js';

export interface Outcomes {
  readonly failedRounds: number;
  /** Counts a round in: `failure` where it failed, by an error that may be anything. */
  add(reports: readonly RoundReport[], failure?: { readonly error: unknown }): void;
  /** `nothing-counted`, where there were rounds that asked clients, and nothing of any of them counts; else `null`. */
  failure(): StarlingError | null;
}

export function createOutcomes(): Outcomes {
  let lost: readonly LostClients[] = [];
  let asked = 0;
  let failed = 0;
  let counted = false;
  let lastWords = '';
  return {
    get failedRounds() {
      return failed;
    },
    add(reports, failure) {
      if (failure !== undefined) {
        failed++;
        lastWords = thrownWords(failure.error);
      }
      if (failure !== undefined || reports.length > 0) asked++;
      if (counted) return;
      counted = failure === undefined && reports.some(({ status }) => status === 'accepted');
      lost = counted ? [] : joinLost([...lost, ...lostClients(reports)]);
    },
    failure() {
      if (asked === 0 || counted) return null;
      const rounds = asked === 1 ? 'one round' : `${asked} rounds`;
      const [last] = lastWords.split('\n');
      const lines = [...lost.map(formatLost), ...adviceOn(lost)].map((line) => `\n    ${line}`);
      return new StarlingError(
        'nothing-counted',
        `Cannot finish the run: need a round with an update that counts, got none in ${rounds}${last === '' ? '' : `; the last one: ${last}`}${lines.join('')}`,
      );
    },
  };
}
