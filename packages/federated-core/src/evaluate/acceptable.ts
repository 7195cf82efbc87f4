// Whether a client's update may count, in the reference meaning: no NaN or infinity, and nothing that the
// intrinsic itself refuses, such as a negative weight.
import type { IntrinsicExpression } from '../expression/expression.js';
import type { AggregateIntrinsic } from '../intrinsics/framework/definition.js';
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
  return definition.refuses?.(aggregate, update) !== true;
}
