// Learning rates that change: an optimizer whose rate is a schedule counts its updates, and takes each with the rate of its
// count.
import { tf } from '@starling/compute';
import type { Schedule } from '../schedules/schedule.js';
import type { Optimizer } from './optimizer.js';
import { checkNonNegative } from './options.js';

/** A number of at least 0, a scalar (what a schedule gives for a round, say), or a schedule of the optimizer's own updates. */
export type LearningRate = number | tf.Tensor | Schedule;

/** The optimizer that `make` makes for a rate; throws a `RangeError` unless a number is at least 0. */
export function withLearningRate(
  name: string,
  learningRate: LearningRate,
  make: (rate: number | tf.Tensor) => Omit<Optimizer, 'name'>,
): Optimizer {
  if (typeof learningRate === 'number') checkNonNegative(name, 'learningRate', learningRate);
  if (typeof learningRate !== 'function') return { name, ...make(learningRate) };
  return {
    name,
    init: (weights) => ({ ...make(0).init(weights), updates: tf.scalar(0, 'int32') }),
    update: (gradients, { updates, ...state }, weights) => {
      const count = updates as tf.Tensor;
      const step = make(learningRate(count)).update(gradients, state, weights);
      return {
        weights: step.weights,
        state: { ...step.state, updates: tf.add(count, tf.scalar(1, 'int32')) },
      };
    },
  };
}
