// What the rounds of a run came to: who was lost in them, and whether any of them had an update that counts.
import { StarlingError } from '@starling/federated-core';
import { thrownWords } from '@starling/federated-core/plan';
import { adviceOn } from '../record/advice.js';
import { formatLost, joinLost, lostClients, type RoundReport } from '../record/lost-clients.js';
import type { LostClients } from '../record/record-line.js';

export interface Outcomes {
  readonly failedRounds: number;
  /** Of all rounds and evaluations so far; a client that was lost in three counts three times. */
  readonly lost: readonly LostClients[];
  /** What became of the clients that an evaluation asked. */
  addEvaluation(reports: readonly RoundReport[]): void;
  /** Counts a round in: `failure` where it failed, by an error that may be anything. */
  add(reports: readonly RoundReport[], failure?: { readonly error: unknown }): void;
  /** `nothing-counted`, where there were rounds that asked clients, and nothing of any of them counts; else `null`. */
  failure(): StarlingError | null;
}

export function createOutcomes(): Outcomes {
  let lost: readonly LostClients[] = [];
  let lostToEvaluations: readonly LostClients[] = [];
  let asked = 0;
  let failed = 0;
  let counted = false;
  let lastWords = '';
  return {
    get failedRounds() {
      return failed;
    },
    get lost() {
      return lostToEvaluations.length === 0 ? lost : joinLost([...lost, ...lostToEvaluations]);
    },
    addEvaluation(reports) {
      lostToEvaluations = withLost(lostToEvaluations, reports);
    },
    add(reports, failure) {
      if (failure !== undefined) {
        failed++;
        lastWords = thrownWords(failure.error);
      }
      if (failure !== undefined || reports.length > 0) asked++;
      counted ||= failure === undefined && reports.some(({ status }) => status === 'accepted');
      lost = withLost(lost, reports);
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

function withLost(lost: readonly LostClients[], reports: readonly RoundReport[]): readonly LostClients[] {
  const missing = lostClients(reports);
  return missing.length === 0 ? lost : joinLost([...lost, ...missing]);
}
