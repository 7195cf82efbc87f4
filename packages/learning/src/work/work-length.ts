// How long a client trains in a round: E epochs, as in federated averaging, or K steps, as many papers since count.
// Either is the same for all, or a value of the round and of the client: who has less time does less, and pays for
// less.
import { localComputation, tf } from '@starling/compute';
import { int32, type LocalComputation } from '@starling/federated-core';
import { checkNumber, describeValue, MAX_COUNT, optionError } from '@starling/federated-core/plan';

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
  return localComputation({ round: int32() }, ({ round }) => counted(unit, count(round)), {
    name: `${unit} of the round`,
  });
}

/** In the words of who wrote the function, rather than in those of its trace. */
function counted(unit: WorkLength['unit'], given: unknown): tf.Tensor {
  if (given instanceof tf.Tensor && given.rank === 0 && given.dtype === 'int32') return given;
  throw optionError(
    `Cannot train clients: what the function ${unit} gives must be a whole number as a tensor, int32[], got ${describeValue(given)}. ${adviceOn(unit, given)}`,
  );
}

function adviceOn(unit: WorkLength['unit'], given: unknown): string {
  if (typeof given === 'number')
    return `A number that is the same in all rounds needs no function: ${unit}: ${given}`;
  if (given === undefined) return 'A function in braces needs return';
  if (given instanceof tf.Tensor && given.rank === 0)
    return "Write tf.cast(…, 'int32'), after tf.floor or tf.round where it may be a fraction";
  return 'Compute it of the round: (round) => tf.add(round, 1)';
}
