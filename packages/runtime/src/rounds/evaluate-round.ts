// The evaluation of one round, as far as one is due: what the record of the round says of it.
import type { Leaves } from '@starling/plan/runner';
import type { RoundReport } from '../record/lost-clients.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import type { StateEvaluator } from './evaluate-state.js';
import { isDue } from './evaluation.js';
import { isRoundFailure } from './round-failure.js';
import type { RoundRecord, RunOptions } from './run-options.js';
import { unlessAborted } from './unless-aborted.js';

export type EvaluationOfRound = Pick<
  RoundRecord,
  'evaluation' | 'evaluationReports' | 'evaluationClients' | 'evaluationFailure'
>;

/**
 * Nothing if none is due; `null` if the signal ends the run meanwhile. Throws what fails, unless the run takes failed
 * rounds.
 */
export async function evaluateRound(
  evaluator: StateEvaluator | null,
  { evaluation, rounds, signal, onFailedRound }: RunOptions,
  session: RuntimeSession,
  round: number,
  state: Leaves,
): Promise<EvaluationOfRound | null> {
  if (evaluation === undefined || evaluator === null) return {};
  if (!isDue(evaluation, round) && round !== rounds) return {};
  let reports: readonly RoundReport[] = [];
  const evaluating = evaluator.evaluate(session, round, state, (told) => {
    reports = told;
  });
  const ofReports = (): EvaluationOfRound => (reports.length === 0 ? {} : { evaluationReports: reports });
  try {
    const evaluated = await unlessAborted(evaluating, signal);
    if (evaluated === null) return null;
    const { value, clients } = evaluated;
    return {
      evaluation: value,
      ...ofReports(),
      ...(clients !== null && { evaluationClients: clients }),
    };
  } catch (error) {
    if (onFailedRound === undefined || !isRoundFailure(error)) throw error;
    return { evaluationFailure: error, ...ofReports() };
  }
}
