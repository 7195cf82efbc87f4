// Makes the lines of a record that tell of rounds and of the end; the first line is made in rounds/run-line.ts.
import { isTensor, readThrown, thrownWords } from '@starling/federated-core/plan';
import type { CountedVersions } from '@starling/store';
import type { PhaseFaults } from '../runtime/phase-faults.js';
import type { StepFacts } from '../runtime/runtime.js';
import { jsonFields, toJson } from './json-value.js';
import { countReports, lostClients, type RoundReport } from './lost-clients.js';
import type { ConstraintOutcome, DoneLine, FailedLine, FailedRoundLine, RoundLine } from './record-line.js';

export interface RoundFacts {
  readonly round: number;
  readonly attempt: number;
  /** Host values. */
  readonly metrics: unknown;
  readonly evaluation?: unknown;
  readonly evaluationReports?: readonly RoundReport[];
  readonly evaluationClients?: readonly string[];
  readonly evaluationFailure?: unknown;
  readonly constraints?: readonly ConstraintOutcome[];
  /** `null` where clients keep nothing. */
  readonly clientVersions?: CountedVersions | null;
  readonly reports: readonly RoundReport[];
  readonly faults?: PhaseFaults;
  readonly step?: StepFacts;
  readonly wallMs: number;
}

export interface FailedRoundFacts {
  readonly round: number;
  readonly attempt: number;
  readonly error: unknown;
  readonly reports: readonly RoundReport[];
  readonly faults?: PhaseFaults;
  readonly step?: StepFacts;
  readonly wallMs: number;
}

/** Of a round that is committed. */
export function roundLineOf(facts: RoundFacts): RoundLine {
  const { round, attempt, metrics, evaluation, reports, faults, step, wallMs } = facts;
  const { evaluationReports, evaluationClients, evaluationFailure, constraints } = facts;
  const { clientVersions = null } = facts;
  return {
    type: 'round',
    round,
    ...(attempt > 1 && { attempt }),
    metrics: namedMetrics(metrics),
    ...(evaluation === null || evaluation === undefined ? {} : { evaluation: toJson(evaluation) }),
    ...(evaluationReports !== undefined && {
      evaluated: {
        ...countReports(evaluationReports),
        lost: lostClients(evaluationReports),
        ...(evaluationClients !== undefined && { clients: evaluationClients }),
      },
    }),
    ...(evaluationFailure !== undefined && { evaluationFailure: wordsOf(evaluationFailure) }),
    ...(constraints !== undefined && { constraints }),
    ...(clientVersions !== null && { clientVersions: versionsIn(clientVersions) }),
    ...countReports(reports),
    lost: lostClients(reports),
    ...simulated(faults),
    ...stepIn(step),
    wallMs: roundMs(wallMs),
  };
}

/** Of an attempt that failed. */
export function failedRoundLineOf({
  round,
  attempt,
  error,
  reports,
  faults,
  step,
  wallMs,
}: FailedRoundFacts): FailedRoundLine {
  return {
    type: 'failed-round',
    round,
    attempt,
    ...wordsOf(error),
    ...countReports(reports),
    lost: lostClients(reports),
    ...simulated(faults),
    ...stepIn(step),
    wallMs: roundMs(wallMs),
  };
}

export interface EndFacts extends Omit<DoneLine, 'type' | 'constraints'> {
  readonly constraints: {
    readonly round: number;
    readonly passes: boolean;
    readonly results: readonly ConstraintOutcome[];
  } | null;
}

export function doneLineOf(end: EndFacts): DoneLine {
  const { rounds, failedRounds, stateHash, interrupted, stopped, best, constraints, wallMs } = end;
  return {
    type: 'done',
    rounds,
    failedRounds,
    stateHash,
    interrupted,
    stopped,
    best: best === null ? null : { round: best.round, value: best.value },
    ...(constraints !== null && {
      constraints: {
        round: constraints.round,
        passes: constraints.passes,
        unmet: unmetIn(constraints.results),
      },
    }),
    wallMs: roundMs(wallMs),
  };
}

/** Those that did not pass. */
export function unmetIn(results: readonly ConstraintOutcome[]): readonly string[] {
  return results.filter(({ passes }) => !passes).map(({ constraint }) => constraint);
}

export function failedLineOf(
  error: unknown,
  { rounds, failedRounds, wallMs }: Pick<FailedLine, 'rounds' | 'failedRounds' | 'wallMs'>,
): FailedLine {
  return { type: 'failed', rounds, failedRounds, ...wordsOf(error), wallMs: roundMs(wallMs) };
}

function versionsIn({ chain, restarted }: CountedVersions): NonNullable<RoundLine['clientVersions']> {
  return { chain, ...(restarted !== undefined && { restarted }) };
}

function simulated(faults: PhaseFaults | undefined): Pick<RoundLine, 'faults' | 'virtualMs'> {
  if (faults === undefined) return {};
  const { counts, virtualMs } = faults;
  return { faults: counts, ...(virtualMs !== null && { virtualMs: roundMs(virtualMs) }) };
}

function stepIn(step: StepFacts | undefined): Pick<RoundLine, 'staleness' | 'tooStale' | 'virtualMs'> {
  if (step === undefined) return {};
  const { staleness, tooStale, virtualMs } = step;
  return { staleness: histogramOf(staleness), tooStale, virtualMs: roundMs(virtualMs) };
}

/** How many are 0, 1, 2, … */
export function histogramOf(numbers: readonly number[]): readonly number[] {
  const counts: number[] = Array.from({ length: Math.max(-1, ...numbers) + 1 }, () => 0);
  for (const each of numbers) counts[each]!++;
  return counts;
}

function wordsOf(thrown: unknown): Pick<FailedLine, 'code' | 'message'> {
  const error = readThrown(thrown);
  if (typeof error === 'string') return { code: null, message: error };
  return { code: 'code' in error ? thrownWords(error.code) : null, message: error.message };
}

/** A struct's fields, any other value under `value`, as JSON can hold them. */
export function namedMetrics(metrics: unknown): RoundLine['metrics'] {
  if (metrics === null || metrics === undefined) return {};
  const isStruct = typeof metrics === 'object' && !Array.isArray(metrics) && !isTensor(metrics);
  return isStruct ? jsonFields(metrics as Readonly<Record<string, unknown>>) : { value: toJson(metrics) };
}

/** Microseconds are noise to a reader. */
function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
