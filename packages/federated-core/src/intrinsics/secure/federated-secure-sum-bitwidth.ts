// `federatedSecureSumBitwidth`: a secure sum of integers of so many bits.

import { secureSumBitwidthAggregation } from '../../aggregations/secure.js';
import { settingOfLeaf } from '../../aggregations/settings.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import type { Disclosure, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { checkedOptions } from '../framework/options.js';
import type { Integers } from '../framework/requirements.js';
import { type PerTensor, perTensor, settingsOf } from '../framework/settings.js';
import { referenceSum } from '../sums/federated-sum.js';
import { outside } from './federated-secure-sum.js';

export const federatedSecureSumBitwidthDefinition: AggregateIntrinsic = {
  name: 'federatedSecureSumBitwidth',
  usage: 'federatedSecureSumBitwidth(value, { bitwidth })',
  role: 'aggregate',
  revealing: false,
  summary: 'Adds up integers of at most `bitwidth` bits; the server is to see the sum alone.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'integer' },
  edgeCases: 'A value below 0 or of more bits refuses that client’s update. No clients: zeros.',
  kinds: ['secure-sum-bitwidth'],
  settings: secureSumBitwidthAggregation.settings,
  refuses: (call, update) =>
    outside(update, (leaf) => [
      0,
      2 ** settingOfLeaf(settingsOf(call, secureSumBitwidthAggregation.settings).bitwidth, leaf) - 1,
    ]),
  reference: referenceSum,
};

export interface BitwidthOptions {
  /** Bits of a client’s value, from 1 to 53: one number, or one for each field of a struct. */
  readonly bitwidth: PerTensor;
}

/**
 * The sum of the clients' integers, each from 0 to 2^`bitwidth` − 1. `bitwidth` is from 1 to 53: one, or one for each
 * field of a struct. A client whose value lies outside is refused.
 */
export function federatedSecureSumBitwidth<M extends Type, D extends Disclosure>(
  value: AnyClientsValue<M, D> & Integers<M>,
  options: BitwidthOptions,
): ServerResult<M, D> {
  const { bitwidth } = checkedOptions('federatedSecureSumBitwidth', options, ['bitwidth']);
  const numbers = {
    bitwidth: perTensor('federatedSecureSumBitwidth', 'bitwidth', bitwidth, value, () => 53),
  };
  return applyIntrinsic(federatedSecureSumBitwidthDefinition, [value], { numbers });
}
