// Composites that move elements about in space: between space and batch, from depth to space, over an edge.
import { mirrorPositions } from '../../tensorflow/gradient-corrections.js';
import { attributesOf, type Call, tensorOf } from '../../tensorflow/kernel-call.js';
import * as tf from '../../tensorflow/tf.js';

export function spaceToBatch(call: Call): tf.Tensor {
  const x = tensorOf(call, 'x');
  const { blockShape, paddings } = attributesOf<{ blockShape: number[]; paddings: [number, number][] }>(call);
  const rest = x.rank - 1 - blockShape.length;
  const padded = tf.pad(x, [[0, 0], ...paddings, ...new Array<[number, number]>(rest).fill([0, 0])]);
  const product = blockShape.reduce((size, block) => size * block, 1);
  const { getReshaped, getPermuted, getReshapedPermuted } = tf.backend_util;
  const split = getReshaped(padded.shape, blockShape, product, false);
  const order = getPermuted(split.length, blockShape.length, false);
  return tf.reshape(
    tf.transpose(tf.reshape(padded, split), order),
    getReshapedPermuted(padded.shape, blockShape, product, false),
  );
}

export function batchToSpace(call: Call): tf.Tensor {
  const x = tensorOf(call, 'x');
  const { blockShape, crops } = attributesOf<{ blockShape: number[]; crops: number[][] }>(call);
  const product = blockShape.reduce((size, block) => size * block, 1);
  const { getReshaped, getPermuted, getReshapedPermuted, getSliceBeginCoords, getSliceSize } =
    tf.backend_util;
  const split = getReshaped(x.shape, blockShape, product);
  const joined = getReshapedPermuted(x.shape, blockShape, product);
  const whole = tf.reshape(
    tf.transpose(tf.reshape(x, split), getPermuted(split.length, blockShape.length)),
    joined,
  );
  const begin = getSliceBeginCoords(crops, blockShape.length);
  return tf.slice(whole, begin, getSliceSize(joined, crops, blockShape.length));
}

export function depthToSpace(call: Call): tf.Tensor {
  const x = tensorOf(call, 'x');
  const { blockSize } = attributesOf<{ blockSize: number }>(call);
  const [batch = 0, height = 0, width = 0, depth = 0] = x.shape;
  const inner = depth / (blockSize * blockSize);
  const split = tf.reshape(x, [batch, height, width, blockSize, blockSize, inner]);
  const moved = tf.transpose(split, [0, 1, 3, 2, 4, 5]);
  return tf.reshape(moved, [batch, height * blockSize, width * blockSize, inner]);
}

/** Along each padded axis, the elements at the positions that are mirrored. */
export function mirrorPad(call: Call): tf.Tensor {
  const { paddings, mode } = attributesOf<{ paddings: [number, number][]; mode: string }>(call);
  const skip = mode === 'reflect' ? 1 : 0;
  return paddings.reduce(
    (padded, sides, axis) => {
      if (sides[0] === 0 && sides[1] === 0) return padded;
      const positions = mirrorPositions(padded.shape[axis] ?? 0, sides, skip);
      return tf.gather(padded, tf.tensor1d([...positions], 'int32'), axis);
    },
    tensorOf(call, 'x'),
  );
}
