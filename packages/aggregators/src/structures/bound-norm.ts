// The bound that clipping promises: a value of any structure, shortened so that its L2 norm over all tensors, computed
// exactly, is at most a bound, whatever rounding does. Part of a local computation, in which all numbers are float32.
//
// Squares of numbers beyond 1.8e19 overflow, and of those below 1e-23 vanish. So all is divided by the largest
// magnitude m first: y = x / m, and |x| = m |y| with 1 ≤ |y| ≤ √n. And every operation rounds, by a factor within 1 ±
// u, u = 2⁻²⁴. A sum of squares that adds up to L numbers in a chain is at least (1 − u)^(L + 1) of what it would be
// exactly; its root is within half as many u. The few operations around it add at most eight: the quotients by m, the
// root, the bound's own rounding, product and quotients. With the bound lowered by a factor of 1 − (L/2 + 16) u both
// promises hold, with room for L²u² and for a root that is only nearly rounded: a value that is left as it is, is
// within the bound, and so is one that is shortened to it. Results below 2⁻¹²⁶ round by up to 2⁻¹⁵⁰ each instead:
// nothing to bounds from 1e-30 on.

import { type TensorStructure, tf } from '@starling/compute';
import { describeValue, optionError } from '@starling/federated-core/plan';
import { scaleOf } from './scale-of.js';
import { leavesOf, mapStructure } from './structures.js';

/** Norms of fewer than 2⁶⁴ numbers can be held to bounds between these. */
export const CLIP_NORM_RANGE = { from: 1e-30, to: 1e38, float32: true } as const;

export interface BoundedNorm {
  /** The value, or the value scaled down. */
  readonly value: TensorStructure;
  /** A bool scalar: whether the value's norm was above the bound, as far as float32 can tell. */
  readonly isLonger: tf.Tensor;
  /** The value's norm, a float32 scalar: infinite beyond the greatest float32. */
  readonly norm: tf.Tensor;
}

/**
 * A float32 value whose L2 norm over all its tensors is at most `clipNorm`, a number or scalar: `value`, or its
 * direction at that length. What is not finite stays so: its sender is refused. Norms within 2e-5 below the bound, for
 * up to 10⁷ numbers, may be shortened by as much, too. Throws a `RangeError` if a tensor is not float32: scaled down,
 * integers would not stay integers.
 */
export function boundNorm(value: TensorStructure, clipNorm: number | tf.Tensor): BoundedNorm {
  const leaves = leavesOf(value).filter(({ size }) => size > 0);
  const other = leaves.find(({ dtype }) => dtype !== 'float32');
  if (other !== undefined) {
    throw optionError(`Cannot bound a norm: tensors must be float32, got ${describeValue(other)}`);
  }
  if (leaves.length === 0) return { value, isLonger: tf.scalar(false, 'bool'), norm: tf.scalar(0) };
  const { divisor, quotient } = scaleOf(leaves);
  const norm = tf.sqrt(blockSum(tf.stack(leaves.map((leaf) => blockSum(tf.square(quotient(leaf)))))));
  const chain = chainOf(leaves.length) + Math.max(...leaves.map(({ size }) => chainOf(size)));
  const lowered = tf.mul(clipNorm, 1 - (chain / 2 + 16) * 2 ** -24);
  const isWithin = tf.lessEqual(norm, tf.div(lowered, divisor));
  // Zeros have norm 0, of which nothing may become NaN.
  const scale = tf.div(lowered, tf.maximum(norm, 1));
  return {
    value: mapStructure((tensor) => tf.where(isWithin, tensor, tf.mul(quotient(tensor), scale)), value),
    isLonger: tf.greater(norm, tf.div(clipNorm, divisor)),
    norm: tf.mul(norm, divisor),
  };
}

/** Numbers that are added in a chain, at each level of a sum in blocks. */
const BLOCK = 128;

/** The sum of all elements, a scalar. */
function blockSum(x: tf.Tensor): tf.Tensor {
  if (x.size <= BLOCK) return tf.sum(x);
  const flat = tf.reshape(x, [x.size]);
  const blocks = Math.floor(x.size / BLOCK);
  const sums = tf.sum(tf.reshape(tf.slice(flat, 0, blocks * BLOCK), [blocks, BLOCK]), 1);
  const left = x.size - blocks * BLOCK;
  const rest = left === 0 ? [] : [tf.sum(tf.slice(flat, blocks * BLOCK, left), 0, true)];
  return blockSum(tf.concat([sums, ...rest]));
}

/** How many additions `blockSum` has, at most, on the way from an element to the sum of that many. */
function chainOf(size: number): number {
  return size <= BLOCK ? size : BLOCK + chainOf(Math.ceil(size / BLOCK));
}
