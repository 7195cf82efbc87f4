// Weighted sums of the reference meaning: plain and slow, in the order and with the scales of every runtime.
import type { WeightScale } from '../../aggregations/weight-scale.js';
import type { TensorType } from '../../types/types.js';
import type { Numbers } from '../framework/reference.js';

/** The numbers of one client, as many as of any other, and the weight that they count by, above 0. */
export interface WeightedRow {
  readonly weight: number;
  readonly numbers: Numbers;
}

/**
 * Element by element sums of numbers times weights, lane by lane. Weights are multiplied by the power of two that the
 * largest of them, so far, asks for; whatever was summed before with another one is brought to it.
 */
export function weightedSums(
  lanes: readonly (readonly WeightedRow[])[],
  scaleOf: WeightScale,
): readonly number[] {
  const sums = lanes
    .filter((lane) => lane.length > 0)
    .map((lane) =>
      lane
        .map(({ weight, numbers }): Scaled => {
          const scale = scaleOf(weight);
          return { scale, numbers: numbers.map(Number), weight };
        })
        .reduce(plus, nothing),
    );
  return sums.reduce(plus, nothing).numbers;
}

/**
 * A sum divided by the total of the weights: between the values, and so at most the largest number of `type` where
 * rounding went past it.
 */
export function meanOf({ dtype }: TensorType, sum: number, total: number): number {
  if (!Number.isFinite(sum)) return sum;
  const largest = dtype === 'float32' ? (2 - 2 ** -23) * 2 ** 127 : Number.MAX_VALUE;
  return Math.max(-largest, Math.min(sum / total, largest));
}

/** Numbers that are to be multiplied by `weight` times a scale that is at most `scale`; without a weight, they are. */
interface Scaled {
  readonly scale: number;
  readonly numbers: readonly number[];
  readonly weight?: number;
}

const nothing: Scaled = { scale: Number.POSITIVE_INFINITY, numbers: [] };

function plus(left: Scaled, right: Scaled): Scaled {
  const scale = Math.min(left.scale, right.scale);
  const factor = right.weight === undefined ? scale / right.scale : right.weight * scale;
  const before = left.numbers.map((sum) => sum * (scale / left.scale));
  const added = right.numbers.map((value) => value * factor);
  if (before.length === 0) return { scale, numbers: added.map((value) => 0 + value) };
  return { scale, numbers: added.length === 0 ? before : before.map((sum, index) => sum + added[index]!) };
}
