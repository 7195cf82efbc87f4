// The contract of schedules: how a learning rate changes with what is counted. A schedule is a pure function on
// tensors, so that it is traced with the optimizer it serves.
import { tf } from '@starling/compute';
import { describeValue, optionError } from '@starling/federated-core/plan';

/**
 * (count: int32 scalar, from 0) → learning rate: float32 scalar, at least 0. What is counted is called a step. Given to
 * an optimizer, the count is that of its own updates: rounds at the server; on a client, whose optimizer starts anew
 * each round, the steps of this round. Called with the number of a round, its steps are rounds.
 */
export type Schedule = (count: tf.Tensor) => tf.Tensor;

/** A schedule that says so where it is called without a count, which optimizers call it with. */
export function scheduleOf(name: string, rateAt: Schedule): Schedule {
  return (count) => {
    if (count instanceof tf.Tensor || typeof count === 'number') return rateAt(count);
    throw optionError(
      `Cannot compute ${name}: need a count of steps, an int32 scalar, got ${describeValue(count)}. Give an optimizer the schedule itself, without calling it`,
    );
  };
}
