// Norms of a value of any structure, over all its tensors, as part of a local computation.
import { type TensorStructure, tf } from '@starling/compute';
import type { NormOrder } from '../aggregator/aggregator.js';
import { scaleOf } from './scale-of.js';
import { leavesOf } from './structures.js';

const LARGEST = 3.4028234663852886e38;

/**
 * The norm of a float32 value, as a scalar, at most the greatest float32: NaN if it holds a NaN. It is computed of the
 * value divided by its largest magnitude, so that squares neither overflow nor vanish.
 */
export function normOf(value: TensorStructure, order: NormOrder): tf.Tensor {
  const leaves = leavesOf(value).filter(({ size }) => size > 0);
  if (leaves.length === 0) return tf.scalar(0);
  const { largest, divisor, quotient } = scaleOf(leaves);
  if (order === 'max') return largest;
  const terms = leaves.map((leaf) =>
    tf.sum(order === 1 ? tf.abs(quotient(leaf)) : tf.square(quotient(leaf))),
  );
  const sum = tf.sum(tf.stack(terms));
  return tf.minimum(tf.mul(order === 1 ? sum : tf.sqrt(sum), divisor), LARGEST);
}
