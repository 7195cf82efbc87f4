// `federatedSecureSum`: a sum of integers of which the server is to see the sum alone. The type says so and the
// range is held to here; masking the values on the wire belongs to a secure aggregation protocol.

import { secureSumAggregation } from '../../aggregations/secure.js';
import { settingOfLeaf } from '../../aggregations/settings.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import type { Disclosure, Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { checkedOptions } from '../framework/options.js';
import type { Integers } from '../framework/requirements.js';
import { type PerTensor, perTensor, settingsOf } from '../framework/settings.js';
import { referenceSum } from '../sums/federated-sum.js';

export const federatedSecureSumDefinition: AggregateIntrinsic = {
  name: 'federatedSecureSum',
  usage: 'federatedSecureSum(value, { maxInput })',
  role: 'aggregate',
  revealing: false,
  summary: 'Adds up integers from 0 to `maxInput`; the server is to see the sum alone.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'integer' },
  edgeCases: 'A value below 0 or above `maxInput` refuses that client’s update. No clients: zeros.',
  kinds: ['secure-sum'],
  settings: secureSumAggregation.settings,
  refuses: (call, update) =>
    outside(update, (leaf) => [
      0,
      settingOfLeaf(settingsOf(call, secureSumAggregation.settings).maxInput, leaf),
    ]),
  reference: referenceSum,
};

export interface SecureSumOptions {
  /** The greatest value that a client may send, from 1: one bound, or one for each field of a struct. */
  readonly maxInput: PerTensor;
}

/**
 * The sum of the clients' integers, each from 0 to `maxInput`: one bound, or one for each field of a struct. A client
 * whose value lies outside is refused.
 */
export function federatedSecureSum<M extends Type, D extends Disclosure>(
  value: AnyClientsValue<M, D> & Integers<M>,
  options: SecureSumOptions,
): ServerResult<M, D> {
  const { maxInput } = checkedOptions('federatedSecureSum', options, ['maxInput']);
  const numbers = { maxInput: perTensor('federatedSecureSum', 'maxInput', maxInput, value) };
  return applyIntrinsic(federatedSecureSumDefinition, [value], { numbers });
}

/** Whether any number of an update is outside of the range of its leaf. */
export function outside(
  update: readonly Tensor[],
  rangeOf: (leaf: number) => readonly [low: number, high: number],
): boolean {
  return update.some(({ data }, leaf) => {
    const [low, high] = rangeOf(leaf);
    return Array.from(data as ArrayLike<number | bigint>).some((value) => value < low || value > high);
  });
}
