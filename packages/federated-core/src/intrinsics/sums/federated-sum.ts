// `federatedSum`: the sum of the clients' values, at the server.

import type { IntrinsicExpression } from '../../expression/expression.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import type { Disclosure, Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { finite, sumLeaf, tensorOf, zerosOf } from '../framework/reference.js';
import type { Summable } from '../framework/requirements.js';

export const federatedSumDefinition: AggregateIntrinsic = {
  name: 'federatedSum',
  usage: 'federatedSum(value)',
  role: 'aggregate',
  revealing: false,
  summary: 'Adds up the clients’ values, element by element.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'summable' },
  edgeCases:
    'No clients: zeros. A sum outside of its element type fails the round, also one of floats. An empty tensor (of `float32[?]`) adds nothing.',
  kinds: ['sum'],
  reference: referenceSum,
};

/**
 * The sum of the clients' values. Zeros when no client reports; throws an `OverflowError` at run time when an integer
 * sum does not fit its element type, and a `NonFiniteError` when one of floats does not.
 */
export function federatedSum<M extends Type, D extends Disclosure>(
  value: AnyClientsValue<M, D> & Summable<M>,
): ServerResult<M, D> {
  return applyIntrinsic(federatedSumDefinition, [value]);
}

export function referenceSum(
  call: IntrinsicExpression,
  lanes: readonly (readonly (readonly Tensor[])[])[],
): readonly Tensor[] {
  const sums = leafTypes(call.type).map((type, leaf) => {
    const sum = sumLeaf(lanes, leaf);
    return sum === null ? zerosOf(type) : tensorOf(type, sum.shape, sum.sums);
  });
  return finite(call.intrinsic, sums);
}
