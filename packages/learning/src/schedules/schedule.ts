// The contract of schedules: how a learning rate changes with what is counted. A schedule is a pure function on
// tensors, so that it is traced with the optimizer it serves.
import type { tf } from '@starling/compute';

/**
 * (count: int32 scalar, from 0) → learning rate: float32 scalar, at least 0. What is counted is called a step. Given to
 * an optimizer, the count is that of its own updates: rounds at the server; on a client, whose optimizer starts anew
 * each round, the steps of this round. Called with the number of a round, its steps are rounds.
 */
export type Schedule = (count: tf.Tensor) => tf.Tensor;
