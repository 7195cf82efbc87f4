// Whether a client's update may count, in the reference meaning: no NaN or infinity, no negative weight, and
// nothing that the intrinsic itself refuses.
import type { IntrinsicExpression } from '../expression/expression.js';
import { type AggregateIntrinsic, kindOf } from '../intrinsics/framework/definition.js';
import type { Tensor } from '../values/tensor.js';

export function acceptable(
  aggregate: IntrinsicExpression,
  definition: AggregateIntrinsic,
  update: readonly Tensor[],
): boolean {
  const finite = update.every(
    ({ dtype, data }) =>
      !dtype.startsWith('float') || Array.from(data as ArrayLike<number>).every(Number.isFinite),
  );
  if (!finite) return false;
  if (kindOf(definition, aggregate) === 'weighted-mean' && Number(update.at(-1)!.data[0]) < 0) return false;
  return definition.refuses?.(aggregate, update) !== true;
}
