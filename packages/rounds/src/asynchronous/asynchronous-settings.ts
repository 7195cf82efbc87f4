// What a run whose rounds do not wait is told, with the defaults filled in; what can never work is refused here.
import { StarlingError } from '@starling/federated-core';
import { checkOptions, numberWithin, oneOf, required } from '@starling/federated-core/plan';

/** Nguyen et al., "Federated Learning with Buffered Asynchronous Aggregation", AISTATS 2022, Algorithm 1. */
export interface AsynchronousSettings {
  /** Reports that make a step: K, from 1. */
  readonly buffer: number;
  /**
   * Clients that are at work at most, from 1: M_c in the paper. While a step is under way, reports that wait behind it
   * count as well: steps that are slower than clients have no longer queue than that.
   */
  readonly concurrency: number;
  /** Steps that a report may be old; an older one is refused. From 0. */
  readonly maxStaleness: number;
  /**
   * By which reports come: `virtual`, drawn from the seed, so that the same seed gives the same bits; or `real`, of
   * clients that come and go, so that what is kept of the run gives its bits again.
   */
  readonly clock: 'virtual' | 'real';
}

/** What must be given; all else has a default. */
export type GivenAsynchronous = Pick<AsynchronousSettings, 'buffer' | 'concurrency'> &
  Partial<AsynchronousSettings>;

/** So many steps a report may be old by default, and at least ten times as many as one usually is. */
const LEAST_MAX_STALENESS = 20;

const fromOne = numberWithin({ whole: true, from: 1 });

/** The check of these options, for tables. */
export const asynchronousOptions = {
  buffer: required(fromOne),
  concurrency: required(fromOne),
  maxStaleness: numberWithin({ whole: true, from: 0 }),
  clock: oneOf('virtual', 'real'),
} as const;

/**
 * Throws a `RangeError` for a setting that is misspelled or out of its range, and a `StarlingError` with code
 * `impossible-rounds` if the population can never fill a buffer: a client is not asked again before its step counts.
 */
export function asynchronousSettings(given: GivenAsynchronous, population: number): AsynchronousSettings {
  checkOptions('Cannot run asynchronous rounds', given, asynchronousOptions);
  const { buffer, concurrency } = given;
  if (buffer > population) {
    throw new StarlingError(
      'impossible-rounds',
      `Cannot run asynchronous rounds: a buffer of ${buffer} needs as many clients, since none is asked again before its step counts, got a population of ${population}`,
    );
  }
  const usual = Math.ceil(concurrency / buffer);
  return {
    buffer,
    concurrency,
    maxStaleness: given.maxStaleness ?? Math.max(LEAST_MAX_STALENESS, 10 * usual),
    clock: given.clock ?? 'virtual',
  };
}
