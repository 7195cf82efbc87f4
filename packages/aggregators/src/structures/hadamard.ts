// The Walsh–Hadamard transform of a vector of 2^k numbers, as part of a local computation, scaled so that it keeps L2
// norms and is its own inverse. It goes by products with small Hadamard matrices, one for each few bits of the index: a
// stage transforms the last bits and moves them to the front, so that after all of them the order is the first one.
import { tf } from '@starling/compute';

/** Bits of the index that a stage transforms. */
const STAGE_BITS = 6;

/** float32[2^k] → float32[2^k]. */
export function hadamard(vector: tf.Tensor): tf.Tensor {
  const { size } = vector;
  let moved = vector;
  for (let left = Math.round(Math.log2(size)); left > 0; left -= STAGE_BITS) {
    const rows = 2 ** Math.min(left, STAGE_BITS);
    const product = tf.matMul(tf.reshape(moved, [size / rows, rows]), hadamardMatrix(rows));
    moved = tf.reshape(tf.transpose(product), [size]);
  }
  return tf.mul(moved, 1 / Math.sqrt(size));
}

/** Element (i, j) is −1 to the number of bits that i and j have in common. */
function hadamardMatrix(size: number): tf.Tensor2D {
  const elements = Array.from({ length: size * size }, (_, at) => {
    let common = Math.floor(at / size) & (at % size);
    let sign = 1;
    for (; common > 0; common >>= 1) if ((common & 1) === 1) sign = -sign;
    return sign;
  });
  return tf.tensor2d(elements, [size, size]);
}
