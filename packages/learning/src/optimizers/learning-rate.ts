// Learning rates that change: an optimizer whose rate is a schedule counts its updates, and takes each with the rate of
// its count.
import { tf } from '@starling/compute';
import { type Check, describeValue, optionError, runBody } from '@starling/federated-core/plan';
import { nonNegative } from '../options/option-ranges.js';
import type { Schedule } from '../schedules/schedule.js';
import type { Optimizer } from './optimizer.js';

/**
 * A number of at least 0, a scalar (what a schedule gives for a round, say), or a schedule of the optimizer's own
 * updates.
 */
export type LearningRate = number | tf.Tensor | Schedule;

/**
 * The optimizer that `make` makes for a rate. Throws a `RangeError` unless the rate is a finite number of at least 0, a
 * scalar tensor, or a schedule, which must give one of these.
 */
export function withLearningRate(
  name: string,
  learningRate: LearningRate,
  make: (rate: number | tf.Tensor) => Omit<Optimizer, 'name'>,
): Optimizer {
  if (typeof learningRate !== 'function') {
    return { name, ...make(checkedRate(name, 'learningRate', learningRate)) };
  }
  return {
    name,
    init: (weights) => ({ ...make(0).init(weights), updates: tf.scalar(0, 'int32') }),
    update: (gradients, { updates, ...state }, weights) => {
      const count = updates as tf.Tensor;
      const given = runBody(`Cannot make ${name}`, 'its schedule must compute with tf.js on a count', () =>
        learningRate(count),
      );
      const rate = checkedRate(name, 'what the schedule gives', given);
      const step = make(rate).update(gradients, state, weights);
      return {
        weights: step.weights,
        state: { ...step.state, updates: tf.add(count, tf.scalar(1, 'int32')) },
      };
    },
  };
}

/** The check of a rate that an algorithm hands on, for tables of options. */
export const learningRateKind: Check = (action, option, value) => {
  if (typeof value === 'number') nonNegative(action, option, value);
  else if (typeof value !== 'function' && !isScalar(value)) throw noRate(action, option, value);
};

function checkedRate(name: string, what: string, rate: unknown): number | tf.Tensor {
  if (typeof rate === 'number') {
    nonNegative(`Cannot make ${name}`, what, rate);
    return rate;
  }
  if (isScalar(rate)) return rate;
  throw noRate(`Cannot make ${name}`, what, rate);
}

const isScalar = (rate: unknown): rate is tf.Tensor =>
  rate instanceof tf.Tensor && rate.rank === 0 && (rate.dtype === 'float32' || rate.dtype === 'int32');

const noRate = (action: string, what: string, rate: unknown): RangeError =>
  optionError(
    `${action}: ${what} must be a finite number >= 0, a scalar tensor or a schedule, got ${describeValue(rate)}`,
  );
