// `federatedBoundedMean` in a plan: a mean of updates that the server itself holds to a norm. The accumulator is the
// weighted sums and the total weight.
import { EmptyAggregateError } from '../errors/starling-error.js';
import { addLeaves, alignSums, castLeaves, zeroSums } from '../sums/sums.js';
import { leafPlace } from '../types/leaf-names.js';
import { leafTypes } from '../types/leaves.js';
import { float64 } from '../types/types.js';
import { copyTensor, type Tensor } from '../values/tensor.js';
import { defineAggregation } from './definition.js';
import { finiteAggregate } from './finite.js';

/** Update <T, weight>. */
export const boundedMeanAggregation = defineAggregation({
  kind: 'bounded-mean',
  settings: { norm: 'number', weighted: 'flag' },
  weighted: true,
  reduction({ result, ifEmpty }, { norm, weighted }, { vectors }) {
    const types = leafTypes(result);
    const place = (leaf: number): string => leafPlace(result, leaf);
    const totalOf = (sums: readonly Tensor[]): Float64Array => sums[types.length]!.data as Float64Array;
    const align = (sums: readonly Tensor[], leaves: readonly Tensor[]): void =>
      alignSums(sums as Tensor[], leaves, types.length, totalOf(sums)[0] !== 0, place);
    return {
      zero: () => zeroSums([...types, float64()]),
      accumulate(accumulator, leaves) {
        const given = Number(leaves[types.length]!.data[0]);
        if (given === 0) return accumulator;
        const weight = weighted ? given : 1;
        align(accumulator, leaves);
        const scaled = weight * scaleWithin(norm, leaves.slice(0, types.length));
        const sums = addLeaves(accumulator as Tensor[], leaves, scaled, vectors, types.length);
        const total = totalOf(sums);
        total[0] = total[0]! + weight;
        return sums;
      },
      merge(left, right) {
        if (totalOf(right)[0] === 0) return left;
        align(left, right);
        return addLeaves(left as Tensor[], right, 1, vectors);
      },
      report(accumulator) {
        const total = totalOf(accumulator)[0]!;
        if (total > 0) {
          const sums = accumulator.slice(0, types.length);
          const { leaves } = castLeaves('federatedBoundedMean', types, sums, total, vectors);
          return finiteAggregate('federatedBoundedMean', result, leaves, vectors);
        }
        if (ifEmpty !== undefined) return ifEmpty.map(copyTensor);
        throw new EmptyAggregateError(
          'Cannot report federatedBoundedMean: need a total weight above 0, got 0',
        );
      },
    };
  },
});

/** What an update is multiplied by so that its L2 norm is at most `norm`. */
function scaleWithin(norm: number, leaves: readonly Tensor[]): number {
  let squares = 0;
  for (const { data } of leaves) {
    const numbers = data as Float32Array | Float64Array;
    for (let index = 0; index < numbers.length; index++) squares += numbers[index]! * numbers[index]!;
  }
  const length = Math.sqrt(squares);
  return length > norm ? norm / length : 1;
}
