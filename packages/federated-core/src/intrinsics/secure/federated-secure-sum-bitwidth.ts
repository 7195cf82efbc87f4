// `federatedSecureSumBitwidth`: a secure sum of integers of so many bits.

import { settingOf } from '../../aggregations/leaf-setting.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import type { Disclosure, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import type { Integers } from '../framework/requirements.js';
import { type PerTensor, perTensor } from '../framework/settings.js';
import { referenceSum } from '../sums/federated-sum.js';
import { outside } from './federated-secure-sum.js';

export const federatedSecureSumBitwidthDefinition: AggregateIntrinsic = {
  name: 'federatedSecureSumBitwidth',
  role: 'aggregate',
  revealing: false,
  summary: 'Adds up integers of at most `bitwidth` bits; the server is to see the sum alone.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'integer' },
  edgeCases: 'A value below 0 or of more bits refuses that client’s update. No clients: zeros.',
  kinds: ['secure-sum-bitwidth'],
  refuses: (call, update) =>
    outside(update, (leaf) => [0, 2 ** settingOf(call.settings.numbers, 'bitwidth', leaf) - 1]),
  reference: referenceSum,
};

/**
 * The sum of the clients' integers, each from 0 to 2^`bitwidth` − 1. `bitwidth` is from 1 to 53: one, or one for each
 * field of a struct. A client whose value lies outside is refused.
 */
export function federatedSecureSumBitwidth<M extends Type, D extends Disclosure>(
  value: AnyClientsValue<M, D> & Integers<M>,
  bitwidth: PerTensor,
): ServerResult<M, D> {
  const numbers = perTensor('federatedSecureSumBitwidth', 'bitwidth', bitwidth, value, () => 53);
  return applyIntrinsic(federatedSecureSumBitwidthDefinition, [value], { numbers });
}
