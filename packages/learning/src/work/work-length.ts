// How long a client trains in a round: E epochs, as in federated averaging, or K steps, as many papers since count.
// Either is the same for all, or a value of the round and of the client: who has less time does less, and pays for
// less.
import { localComputation, type tf } from '@starling/compute';
import { int32, type LocalComputation } from '@starling/federated-core';
import { checkNumber, MAX_COUNT, optionError } from '@starling/federated-core/plan';

/**
 * Gets the number of rounds before this one, and gives a client's number of epochs or steps: both int32 scalars. It is
 * traced as a local computation of its own that every client runs, so it may draw: `random` gives each client other
 * numbers in each round. A client for which it is 0 sends the zero update; one for which it is negative is dropped.
 */
export type CountOfRound = (round: tf.Tensor) => tf.Tensor;

export interface WorkLength {
  readonly unit: 'epochs' | 'steps';
  readonly count: number | CountOfRound;
}

/**
 * One of `epochs` and `steps`; 1 epoch if neither is given. Throws a `RangeError` if both are, or if a number is not a
 * whole one from 1 to 2³¹ − 1.
 */
export function workLength(options: {
  readonly epochs?: number | CountOfRound | undefined;
  readonly steps?: number | CountOfRound | undefined;
}): WorkLength {
  const { epochs, steps } = options;
  if (epochs !== undefined && steps !== undefined) {
    throw optionError('Cannot train clients: need epochs or steps to say how long, got both');
  }
  const unit = steps === undefined ? 'epochs' : 'steps';
  const { [unit]: count = 1 } = options;
  if (typeof count !== 'function') {
    checkNumber('Cannot train clients', unit, count, { whole: true, from: 1, to: MAX_COUNT });
  }
  return { unit, count };
}

/** (round) → the client's number of epochs or steps. */
export function countWork(unit: WorkLength['unit'], count: CountOfRound): LocalComputation {
  return localComputation({ round: int32() }, ({ round }) => count(round), {
    name: `${unit} of the round`,
    result: int32(),
  });
}
