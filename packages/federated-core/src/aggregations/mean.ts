// `federatedMean` in a plan: the accumulator is the weighted sums, the total weight, and the power of two by which the
// weights in both are scaled. That is 0 while there is none: then a first update is written over the sums, unread.
import { EmptyAggregateError } from '../errors/starling-error.js';
import { addWeightedRow } from '../sums/add-rows.js';
import { addLeaves, alignSums, castLeaves, setLeaves, zeroSums } from '../sums/sums.js';
import type { NumberArray, VectorKernels } from '../sums/vector-kernels.js';
import { leafPlace } from '../types/leaf-names.js';
import { leafTypes } from '../types/leaves.js';
import { float64 } from '../types/types.js';
import type { Column } from '../values/column.js';
import { copyTensor, type Tensor } from '../values/tensor.js';
import { type AggregationParts, defineAggregation } from './definition.js';
import { finiteAggregate } from './finite.js';
import type { Reduction } from './reduction.js';
import { weightScale } from './weight-scale.js';

/** Update T: each client weighs 1. */
export const meanAggregation = defineAggregation({
  kind: 'mean',
  settings: {},
  reduction: (aggregation, _settings, { vectors }) => meanReduction(aggregation, null, vectors),
});

/** Update <T, weight>. */
export const weightedMeanAggregation = defineAggregation({
  kind: 'weighted-mean',
  settings: {},
  weighted: true,
  reduction: (aggregation, _settings, { vectors }) =>
    meanReduction(aggregation, leafTypes(aggregation.update).length - 1, vectors),
});

/**
 * `weightLeaf` is the position of the weight among the leaves of an update; null when there is none. `factorOf`: what a
 * value counts for of what its weight says, by its staleness; the weight itself counts in full. Default: all of it.
 */
export function meanReduction(
  { update, result, ifEmpty }: AggregationParts<unknown>,
  weightLeaf: number | null,
  vectors: VectorKernels,
  factorOf: ((staleness: number) => number) | null = null,
): Reduction {
  const types = leafTypes(result);
  const scaleOf = weightScale(leafTypes(update));
  const numberOf = (sums: readonly Tensor[], index: number) => sums[index]!.data as Float64Array;
  const place = (leaf: number): string => leafPlace(result, leaf);
  const total = types.length;
  const scale = types.length + 1;

  /** Makes `to` the scale of the sums and the total, if it is the smaller; gives the scale that then holds. */
  const rescale = (sums: readonly Tensor[], to: number): number => {
    const now = numberOf(sums, scale)[0]!;
    if (now !== 0 && now <= to) return now;
    if (now !== 0) for (let index = 0; index <= total; index++) multiply(numberOf(sums, index), to / now);
    numberOf(sums, scale)[0] = to;
    return to;
  };

  return {
    zero: () => zeroSums([...types, float64(), float64()]),
    reset(accumulator) {
      numberOf(accumulator, total)[0] = 0;
      numberOf(accumulator, scale)[0] = 0;
    },
    accumulate(accumulator, leaves, staleness = 0) {
      const weight = weightLeaf === null ? 1 : Number(leaves[weightLeaf]!.data[0]);
      // Weight 0 is left out rather than multiplied by, so that it costs nothing; the sum is the same.
      if (weight === 0) return accumulator;
      // An empty tensor would count in the divisor without adding anything, so that all must be of one shape.
      const isFirst = numberOf(accumulator, scale)[0] === 0;
      alignSums(accumulator as Tensor[], leaves, types.length, !isFirst, place);
      const scaled = weight * rescale(accumulator, scaleOf(weight));
      const factor = factorOf === null ? scaled : scaled * factorOf(staleness);
      const enter = isFirst ? setLeaves : addLeaves;
      const sums = enter(accumulator as Tensor[], leaves, factor, vectors, types.length);
      numberOf(sums, total)[0]! += scaled;
      return sums;
    },
    // Staleness is of single updates.
    ...(factorOf === null && {
      accumulateMany(accumulator, columns, from, to) {
        for (let row = from; row < to; row++) {
          const weight = weightLeaf === null ? 1 : numberAt(columns[weightLeaf]!, row);
          if (weight === 0) continue;
          const isFirst = numberOf(accumulator, scale)[0] === 0;
          const scaled = weight * rescale(accumulator, scaleOf(weight));
          for (let leaf = 0; leaf < types.length; leaf++) {
            const { data, size, isShared } = columns[leaf]!;
            const start = isShared ? 0 : row * size;
            const sum = accumulator[leaf]!.data as Float64Array;
            addWeightedRow(sum, data as NumberArray, start, size, scaled, isFirst);
          }
          numberOf(accumulator, total)[0]! += scaled;
        }
      },
    }),
    merge(left, right) {
      const other = numberOf(right, scale)[0]!;
      if (other === 0) return left;
      const isFirst = numberOf(left, scale)[0] === 0;
      alignSums(left as Tensor[], right, types.length, !isFirst, place);
      const common = rescale(left, other);
      const enter = isFirst ? setLeaves : addLeaves;
      return enter(left as Tensor[], right, common / other, vectors, types.length + 1);
    },
    report(accumulator) {
      const weight = numberOf(accumulator, total)[0]!;
      if (weight > 0) {
        const sums = accumulator.slice(0, types.length);
        const { leaves: means, areFinite } = castLeaves('federatedMean', types, sums, weight, vectors);
        if (areFinite) return means;
        for (const [leaf, { data }] of sums.entries()) {
          bringIntoRange(means[leaf]!.data as Float32Array | Float64Array, data as Float64Array);
        }
        return finiteAggregate('federatedMean', result, means);
      }
      if (ifEmpty !== undefined) return ifEmpty.map(copyTensor);
      throw new EmptyAggregateError(
        'Cannot report federatedMean: need a total weight above 0, got 0 (no client reported, or all weights are 0, as those of clients without examples). A federatedMean in code of your own can say what it is then, by { ifEmpty }',
      );
    },
  };
}

/** Of a column of scalars. */
const numberAt = ({ data, isShared }: Column, row: number): number => Number(data[isShared ? 0 : row]);

function multiply(numbers: Float64Array, factor: number): void {
  for (let index = 0; index < numbers.length; index++) numbers[index] = numbers[index]! * factor;
}

/**
 * A mean lies between the values that it is of, so where a finite sum gives an infinite one, rounding took it past the
 * largest number of the element type: then it is that number.
 */
function bringIntoRange(means: Float32Array | Float64Array, sums: Float64Array): void {
  const largest = means instanceof Float32Array ? LARGEST_FLOAT32 : Number.MAX_VALUE;
  for (let index = 0; index < means.length; index++) {
    if (!Number.isFinite(sums[index])) continue;
    means[index] = Math.max(-largest, Math.min(means[index]!, largest));
  }
}

const LARGEST_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
