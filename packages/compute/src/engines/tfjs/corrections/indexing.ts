// Corrected kernels that pick and scatter: an index out of the range of its axis ends the run, on every backend and
// whatever element it would have come to; sums by segment leave out what belongs to none, and other segments alone.
import { sizeOf } from '@starling/federated-core/plan';
import type { Kernel } from '../../../graph/kernels.js';
import * as tf from '../../../tensorflow/tf.js';
import { type CorrectedCall, type Correction, input, numbersOf } from './numbers.js';

/**
 * Throws a `RangeError` if an index is out of range: of the one axis, or of those that the last axis of `indices`
 * names.
 */
function checkIndices(kernel: Kernel, indices: tf.Tensor, sizes: readonly number[]): void {
  const values = numbersOf(indices);
  const depth = sizes.length === 1 ? 1 : (indices.shape.at(-1) ?? 0);
  for (let position = 0; position < values.length; position++) {
    const [index, size] = [values[position] as number, sizes[position % depth] as number];
    if (index >= 0 && index < size) continue;
    throw new RangeError(`Cannot run ${kernel}: indices must be from 0 to ${size - 1}, got ${index}`);
  }
}

const checked =
  (kernel: Kernel, sizes: (call: CorrectedCall) => readonly number[]): Correction =>
  (call) => {
    checkIndices(kernel, input(call, 'indices'), sizes(call));
    return null;
  };

/** tf.js multiplies all rows by 0 and 1, which spreads NaN to every segment. */
const segmentSum: Correction = (call) => {
  const [x, segmentIds] = [input(call), input(call, 'segmentIds')];
  const segments = Number(call.attributes['numSegments']);
  const shape = [segments, ...x.shape.slice(segmentIds.rank)];
  const width = sizeOf(shape.slice(1));
  const [values, ids] = [numbersOf(x), numbersOf(segmentIds)];
  const sums = new Float64Array(sizeOf(shape));
  for (let row = 0; row < ids.length; row++) {
    const segment = ids[row] as number;
    if (segment < 0 || segment >= segments) continue;
    for (let column = 0; column < width; column++) {
      const position = segment * width + column;
      sums[position] = (sums[position] as number) + (values[row * width + column] as number);
    }
  }
  return [tf.tensor(Float32Array.from(sums), shape, 'float32')];
};

export const indexingCorrections: { readonly [K in Kernel]?: Correction } = {
  GatherV2: checked('GatherV2', (call) => {
    const { shape } = input(call, 'x');
    const axis = Number(call.attributes['axis'] ?? 0);
    return [shape[axis < 0 ? axis + shape.length : axis] as number];
  }),
  GatherNd: checked('GatherNd', (call) => input(call, 'params').shape),
  ScatterNd: checked('ScatterNd', ({ attributes }) => attributes['shape'] as readonly number[]),
  UnsortedSegmentSum: segmentSum,
};
