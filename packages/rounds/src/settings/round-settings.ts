// What a run is told about its rounds, with the defaults filled in; what can never work is refused here, before
// anything begins.
import { StarlingError } from '@starling/federated-core';
import { checkOptions, numberWithin, oneOf, required } from '@starling/federated-core/plan';

/**
 * Who is asked to work.
 * - `fixed`: a cohort drawn from the whole population by the seed and the attempt; a client that is not there may come
 *   until the deadline. The same seed gives the same bits.
 * - `present`: drawn from the clients that are there, more of them than are needed; the round ends once enough have
 *   reported. What happened is recorded, and the record gives the same bits again. (Bonawitz et al., "Towards Federated
 *   Learning at Scale", MLSys 2019, section 2.2: goal count, minimum, over-selection.)
 */
export type CohortMode = 'fixed' | 'present';

export interface RoundSettings {
  readonly mode: CohortMode;
  /** Rounds in all, from 0. */
  readonly rounds: number;
  /** Clients in the population. */
  readonly population: number;
  /** `fixed`: clients that are asked. `present`: reports that end the round. From 0. */
  readonly cohortSize: number;
  /** Reports below which an attempt fails. `present`: at least `minimumFraction` of `cohortSize`. */
  readonly minReports: number;
  /** `present`: clients asked for each report that is wanted, from 1. */
  readonly overSelection: number;
  /** `present`: how long a selection waits for all clients that it would ask, milliseconds. */
  readonly selectionMs: number;
  /** How long a phase waits for its reports, milliseconds. */
  readonly deadlineMs: number;
  /** Reports below which a deadline is extended. */
  readonly extendBelow: number;
  /** How often; then the phase ends with what it has. */
  readonly maxExtensions: number;
  /** Attempts at one round, from 1; when the last has failed, so has the run. */
  readonly maxAttempts: number;
  /** Wait before the second attempt, milliseconds; it doubles with each further one, up to `maxBackOffMs`. */
  readonly backOffMs: number;
  readonly maxBackOffMs: number;
  /** How often a write that the disk refused is made again before the run stops. */
  readonly storeRetries: number;
  /** Wait before the first of these, milliseconds; doubles likewise. */
  readonly storeRetryMs: number;
}

/** What must be given; all else has a default. */
export type GivenSettings = Pick<RoundSettings, 'rounds' | 'population' | 'cohortSize'> &
  Partial<RoundSettings> & {
    /** `present`: the part of `cohortSize` that must report, above 0, up to 1. Default 0.8. */
    readonly minimumFraction?: number;
  };

const wait = numberWithin({ from: 0 });
const fromNone = numberWithin({ whole: true, from: 0 });

const known = {
  mode: oneOf('fixed', 'present'),
  rounds: required(fromNone),
  population: required(fromNone),
  cohortSize: required(fromNone),
  minReports: fromNone,
  minimumFraction: numberWithin({ above: 0, to: 1 }),
  overSelection: numberWithin({ from: 1 }),
  selectionMs: wait,
  deadlineMs: wait,
  extendBelow: fromNone,
  maxExtensions: fromNone,
  maxAttempts: numberWithin({ whole: true, from: 1 }),
  backOffMs: wait,
  maxBackOffMs: wait,
  storeRetries: fromNone,
  storeRetryMs: wait,
} as const;

/**
 * Throws a `RangeError` for a setting that is misspelled or out of its range, and a `StarlingError` with code
 * `impossible-rounds` for settings that can never work together.
 */
export function roundSettings(given: GivenSettings): RoundSettings {
  checkOptions('Cannot run rounds', given, known);
  const { mode = 'fixed', rounds, population, cohortSize } = given;
  const isPresent = mode === 'present';
  const least = isPresent ? Math.ceil(cohortSize * (given.minimumFraction ?? 0.8)) : 0;
  const minReports = Math.max(given.minReports ?? 0, least);
  if (cohortSize > population) {
    throw impossible(`a cohort of ${cohortSize} needs as many clients, got a population of ${population}`);
  }
  if (minReports > cohortSize) {
    throw impossible(`minReports must be at most the cohort of ${cohortSize}, got ${minReports}`);
  }
  if (isPresent && cohortSize === 0) throw impossible(`mode 'present' needs a cohort of at least 1, got 0`);
  return {
    mode,
    rounds,
    population,
    cohortSize,
    minReports,
    overSelection: isPresent ? (given.overSelection ?? 1.3) : 1,
    selectionMs: given.selectionMs ?? 60_000,
    deadlineMs: given.deadlineMs ?? 60_000,
    extendBelow: given.extendBelow ?? Math.max(1, minReports),
    maxExtensions: given.maxExtensions ?? 10,
    maxAttempts: given.maxAttempts ?? 3,
    backOffMs: given.backOffMs ?? 0,
    maxBackOffMs: given.maxBackOffMs ?? 300_000,
    storeRetries: given.storeRetries ?? 5,
    storeRetryMs: given.storeRetryMs ?? 100,
  };
}

function impossible(problem: string): StarlingError {
  return new StarlingError('impossible-rounds', `Cannot run rounds: ${problem}`);
}
