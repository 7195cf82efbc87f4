// The contract of metrics: like a loss, one number for each example, whose mean over all examples is reported.
import type { tf } from '@starling/compute';

/** (labels [B, …], outputs [B, …]) → [B], the number of an example whatever the others are, as of a `Loss`. */
export type Metric = (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
