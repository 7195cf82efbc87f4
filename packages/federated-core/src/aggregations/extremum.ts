// `federatedMin` and `federatedMax` in a plan: the accumulator is how many clients were seen and the extremes of the
// leaves so far, element by element.
import { EmptyAggregateError, TypeMismatchError } from '../errors/starling-error.js';
import { leafPlace } from '../types/leaf-names.js';
import { leafTypes } from '../types/leaves.js';
import { allocate, copyTensor, sizeOf, type Tensor } from '../values/tensor.js';
import { type AggregationParts, defineAggregation } from './definition.js';
import type { Reduction } from './reduction.js';

/** Update T. */
export const minAggregation = defineAggregation({
  kind: 'min',
  settings: {},
  reduction: (aggregation) => extremumReduction(aggregation, 'federatedMin', (next, best) => next < best),
});

/** Update T. */
export const maxAggregation = defineAggregation({
  kind: 'max',
  settings: {},
  reduction: (aggregation) => extremumReduction(aggregation, 'federatedMax', (next, best) => next > best),
});

function extremumReduction(
  { update, ifEmpty }: AggregationParts<unknown>,
  intrinsic: string,
  replaces: (next: number | bigint, best: number | bigint) => boolean,
): Reduction {
  const fold = (accumulator: readonly Tensor[], count: number, leaves: readonly Tensor[]): Tensor[] => {
    const [seen, ...best] = accumulator as [Tensor, ...Tensor[]];
    const before = seen.data[0] as number;
    (seen.data as Float64Array)[0] = before + count;
    if (count === 0) return [seen, ...best];
    return [seen, ...best.map((leaf, index) => extreme(before === 0 ? null : leaf, leaves, index))];
  };
  const extreme = (best: Tensor | null, leaves: readonly Tensor[], at: number): Tensor => {
    const leaf = leaves[at]!;
    if (best === null) return { ...leaf, data: leaf.data.slice() as Tensor['data'] };
    if (best.shape.join() !== leaf.shape.join()) {
      throw new TypeMismatchError(
        `Cannot compare updates: shapes must be equal, got [${best.shape.join(',')}] and [${leaf.shape.join(',')}]${leafPlace(update, at)}`,
      );
    }
    const target = best.data as (number | bigint)[] & typeof best.data;
    for (let index = 0; index < target.length; index++) {
      const next = leaf.data[index] as number | bigint;
      if (replaces(next, target[index] as number | bigint)) target[index] = next;
    }
    return best;
  };

  return {
    zero: () => [
      { dtype: 'float64', shape: [], data: Float64Array.of(0) },
      ...leafTypes(update).map((type): Tensor => {
        const shape = type.shape.map((dimension) => dimension ?? 0);
        return { dtype: type.dtype, shape, data: allocate(type.dtype, sizeOf(shape)) };
      }),
    ],
    accumulate: (accumulator, leaves) => fold(accumulator, 1, leaves),
    merge: (left, [seen, ...best]) => fold(left, seen!.data[0] as number, best),
    report([seen, ...best]) {
      if ((seen!.data[0] as number) > 0) return best;
      if (ifEmpty !== undefined) return ifEmpty.map(copyTensor);
      throw new EmptyAggregateError(
        `Cannot report ${intrinsic}: need at least one client, got none. A ${intrinsic} in code of your own can say what it is then, by { ifEmpty }`,
      );
    },
  };
}
