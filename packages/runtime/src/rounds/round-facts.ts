// What the loop says of a round that has run: who counted, what its end is called, and how its state reads.
import type { StarlingError, Value } from '@starling/federated-core';
import { type LostClient, leafCount, reworded, unflatten } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import type { RoundReport } from '../record/lost-clients.js';
import { TooFewReportsError } from '../runtime/errors.js';
import { isOfEvaluation } from './best-rule.js';
import type { CompiledRun } from './compile-run.js';
import { isDue } from './evaluation.js';
import type { RunOptions } from './run-options.js';

export interface Fates {
  /** Names in cohort order. */
  readonly counted: readonly string[];
  readonly lost: readonly LostClient[];
}

/** Of a run that is kept nowhere. */
export const NOBODY: Fates = { counted: [], lost: [] };

export function fatesOf(reports: readonly RoundReport[]): Fates {
  const counted: string[] = [];
  const lost: LostClient[] = [];
  for (const report of reports) {
    if (report.status === 'accepted') counted.push(report.client);
    else {
      const { client, status, code, phase } = report;
      lost.push({ client, status, code, ...(phase > 0 && { phase }) });
    }
  }
  return { counted, lost };
}

/** The error of the last attempt at a round, as that of the run. */
export function lastOf(error: StarlingError, attempts: number): StarlingError {
  if (attempts === 1) return error;
  const [first, ...lines] = error.message.split('\n');
  const message = [`${first} (the last of ${attempts} attempts)`, ...lines].join('\n');
  if (error instanceof TooFewReportsError) return new TooFewReportsError(message, { cause: error });
  return reworded(error, message);
}

/** Whether a run of more rounds would measure this one, too. */
export function isInTurn({ evaluation, best }: RunOptions, round: number): boolean {
  return evaluation === undefined || !isOfEvaluation(best!) || isDue(evaluation, round);
}

/** Of a computation its last result, `null` if there is none. */
export function valueOfState({ stateType, plan }: CompiledRun, state: Leaves): Value | null {
  const type = stateType ?? plan.plan.result;
  return stateType === null && state.length !== leafCount(type) ? null : unflatten(type, state);
}
