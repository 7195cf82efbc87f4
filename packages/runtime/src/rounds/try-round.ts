// One attempt at a round: its cohort works, and there is a new state, which does not count yet, or a failure.
import type { Leaves } from '@starling/plan/runner';
import { type Attempt, goalOf } from '@starling/rounds';
import type { CountedVersions } from '@starling/store';
import { failedRoundLineOf, roundLineOf } from '../record/lines.js';
import type { RoundReport } from '../record/lost-clients.js';
import type { FailedRoundLine, RoundLine } from '../record/record-line.js';
import type { RuntimeSession } from '../runtime/runtime.js';
import { evaluateRound } from './evaluate-round.js';
import { namedSession } from './named-session.js';
import { isInTurn } from './round-facts.js';
import { isRoundFailure } from './round-failure.js';
import type { FailedRound, RoundRecord } from './run-options.js';
import type { RunParts } from './run-parts.js';
import { runRound } from './run-round.js';
import { unlessAborted } from './unless-aborted.js';

/** A new state that does not count yet. */
export interface Ran {
  readonly kind: 'ran';
  /** What its observer is given is made of it: see `observedRecord`. */
  readonly record: Omit<RoundRecord, 'stateValue'>;
  readonly result: Leaves;
  /** The versions of what clients keep that count with it; `null` if they keep nothing. */
  readonly versions: CountedVersions | null;
  /** `null` if nobody asks for it. */
  readonly line: RoundLine | null;
}

export interface Failing {
  readonly kind: 'failed';
  readonly failure: Omit<FailedRound, 'retryMs'>;
  readonly line: FailedRoundLine | null;
}

/**
 * `from`: the state before. `null` if the signal ends the run meanwhile. Throws an error that is not of the round
 * alone: then the attempt is left open, for the next start.
 */
export async function tryRound(
  parts: RunParts,
  { round, attempt, cohort, seed }: Attempt,
  from: Leaves,
  session: RuntimeSession,
  keepFrom: number,
): Promise<Ran | Failing | null> {
  const { compiled, options, clock, start, server, settings, kept, isRecorded } = parts;
  const named = namedSession(session, { run: start.id, attempt }, (asked) => goalOf(settings, asked));
  /** An evaluation asks all clients that it names. */
  const evaluating = namedSession(session, { run: start.id, attempt });
  const { signal } = options;
  const began = clock();
  /** What became of the cohort, as far as the attempt has come. */
  let told: Pick<FailedRound, 'reports' | 'faults' | 'step'> = { reports: [] };
  let result: Leaves;
  let state: Leaves;
  let wallMs: number;
  const versions = kept?.versions.attempt(compiled.plan, { round, attempt, seed }) ?? null;
  const states = versions !== null && {
    states: { seed: parts.seed, keepFrom, store: kept!.store, versions },
  };
  let counted: CountedVersions | null;
  try {
    const running = runRound({
      plan: compiled.plan,
      server,
      session: named,
      round,
      seed,
      population: options.population,
      cohort,
      serverInput: compiled.serverInput(from),
      ...states,
      minReports: settings.minReports,
      onReports: (reports, faults, step) => {
        told = {
          reports,
          ...(faults !== undefined && { faults }),
          ...(step !== undefined && { step }),
        };
      },
    });
    const outcome = await unlessAborted(running, signal);
    if (outcome === null) return null;
    ({ result } = outcome);
    wallMs = clock() - began;
    state = compiled.stateOf(result);
    compiled.checkState(state, `finish round ${round}`);
    counted = versions?.counted(outcome.reports) ?? null;
  } catch (error) {
    return failing(error, { round, attempt, ...told, wallMs: clock() - began }, isRecorded);
  }
  const metrics = compiled.metricsOf(result);
  const evaluated = await evaluateRound(parts, evaluating, round, state, baseAfter(told.reports, counted));
  if (evaluated === null) return null;
  const figures = options.evaluation === undefined ? metrics : evaluated.evaluation;
  const checked = parts.constraints?.see(round, figures, round === options.rounds) ?? null;
  const record: Ran['record'] = {
    ...{ round, attempt, metrics, ...evaluated, ...told, state, wallMs },
    ...(checked !== null && { constraints: checked }),
  };
  parts.keeper?.see(round, record, state, isInTurn(options, round));
  const line = isRecorded ? roundLineOf({ ...record, clientVersions: counted }) : null;
  return { kind: 'ran', record, result, versions: counted, line };
}

/** The versions that an evaluation of a new state reads, before that counts: of those who are in it, their new ones. */
function baseAfter(
  reports: readonly RoundReport[],
  counted: CountedVersions | null,
): ReadonlyMap<string, string> {
  const accepted = reports.filter(({ status }) => status === 'accepted');
  return new Map(counted?.ids.map((id, index) => [accepted[index]!.client, id]));
}

function failing(
  error: unknown,
  facts: Omit<FailedRound, 'error' | 'retryMs'>,
  isRecorded: boolean,
): Failing {
  if (!isRoundFailure(error)) throw error;
  const failure = { ...facts, error };
  return { kind: 'failed', failure, line: isRecorded ? failedRoundLineOf(failure) : null };
}
