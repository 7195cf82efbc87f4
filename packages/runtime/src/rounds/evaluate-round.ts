// The evaluation of one round, as far as one is due: what the record of the round says of it.
import { StarlingError } from '@starling/federated-core';
import type { Leaves } from '@starling/plan/runner';
import type { RoundReport } from '../record/lost-clients.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import type { AttemptVersions } from './client-versions.js';
import { isDue } from './evaluation.js';
import { isRoundFailure } from './round-failure.js';
import type { RoundRecord } from './run-options.js';
import type { KeptByClients, RunParts } from './run-parts.js';
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
  { evaluator, options, kept, seed }: Pick<RunParts, 'evaluator' | 'options' | 'kept' | 'seed'>,
  session: RuntimeSession,
  round: number,
  state: Leaves,
  newVersions: ReadonlyMap<string, string>,
): Promise<EvaluationOfRound | null> {
  const { evaluation, rounds, signal, onFailedRound } = options;
  if (evaluation === undefined || evaluator === null) return {};
  if (!isDue(evaluation, round) && round !== rounds) return {};
  let reports: readonly RoundReport[] = [];
  const states =
    kept === null ? null : { seed, keepFrom: 0, store: kept.store, versions: read(kept, newVersions) };
  const evaluating = evaluator.evaluate(session, round, state, states, (told) => {
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

/** What an evaluation reads: it makes no version, and a client that has lost its own has not begun anew by that. */
function read({ versions }: KeptByClients, newer: ReadonlyMap<string, string>): AttemptVersions {
  return {
    asked: () => {},
    baseOf: (client) => newer.get(client) ?? versions.baseOf(client),
    restarted: () => {},
    nextOf: () => {
      throw new StarlingError('bad-run', 'Cannot name a version: an evaluation makes none');
    },
  };
}
