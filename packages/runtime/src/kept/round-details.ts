// What the round loop has a store keep of a round besides who counted: the line of the record, the hash of the new
// state, and how far the search for the best state has come. A store takes all of it as plain data.
import type { Plain } from '@starling/store';
import type { RoundLine } from '../record/record-line.js';
import type { Arrival } from '../runtime/runtime.js';

/** Which round had the best state so far, by which value, and how many values since were no better. */
export interface BestProgress {
  /** 0 while there is none. */
  readonly round: number;
  /** `null` while there is none. */
  readonly value: number | null;
  readonly since: number;
}

export interface RoundDetails {
  readonly line: RoundLine;
  /** See `stateHash`: of the state after the round; of a computation, of its result. */
  readonly stateHash: string;
  /** Of a run that looks for its best state. */
  readonly best?: BestProgress;
  /** Of an asynchronous run whose clock is real: its reports in the order of arrival, and who was then at work. */
  readonly asynchronous?: {
    readonly arrivals: readonly Arrival[];
    readonly inFlight: readonly Omit<Arrival, 'sha256'>[];
  };
}

/** As a commit's `metrics`. */
export function toPlain(details: RoundDetails): Plain {
  return details as unknown as Plain;
}

/** Of a commit's `metrics`: what the loop, of this version or another, has given. `null` for what is none. */
export function detailsOf(metrics: Plain): RoundDetails | null {
  const details = metrics as unknown as Partial<RoundDetails> | null;
  return typeof details === 'object' && details?.line !== undefined ? (details as RoundDetails) : null;
}
