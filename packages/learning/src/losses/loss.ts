// The contract of losses: labels and outputs of a batch in, one loss for each example out. Averages are taken by the
// one who knows which rows of the batch are examples and which are padding.
import type { tf } from '@starling/compute';

/**
 * (labels [B, …], outputs [B, …]) → losses [B], that of an example whatever the others are. Mind that tf.js broadcasts
 * [B] and [B, 1] to [B, B]. The losses of tf.js fit: `tfl.metrics.meanAbsoluteError` and others.
 */
export type Loss = (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor;
