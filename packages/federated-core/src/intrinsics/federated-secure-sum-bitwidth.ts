// `federatedSecureSumBitwidth`: a secure sum of integers of so many bits.
import type { ClientsValue, ServerValue } from '../expression/symbolic-value.js';
import type { Type } from '../types/types.js';
import { applyIntrinsic } from './apply.js';
import type { AggregateIntrinsic } from './definition.js';
import { outside } from './federated-secure-sum.js';
import { referenceSum } from './federated-sum.js';
import { positiveInteger } from './settings.js';

export const federatedSecureSumBitwidthDefinition: AggregateIntrinsic = {
  name: 'federatedSecureSumBitwidth',
  role: 'aggregate',
  revealing: false,
  summary: 'Adds up integers of at most `bitwidth` bits; the server is to see the sum alone.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'integer' },
  edgeCases: 'A value below 0 or of more bits refuses that client’s update. No clients: zeros.',
  kinds: ['secure-sum-bitwidth'],
  refuses: (call, update) => outside(update, 0, 2 ** call.settings.numbers!['bitwidth']! - 1),
  reference: referenceSum,
};

/** The sum of the clients' integers, each from 0 to 2^`bitwidth` − 1 (`bitwidth` from 1 to 53). */
export function federatedSecureSumBitwidth<M extends Type>(
  value: ClientsValue<M>,
  bitwidth: number,
): ServerValue<M> {
  const numbers = { bitwidth: positiveInteger('federatedSecureSumBitwidth', 'bitwidth', bitwidth, 53) };
  return applyIntrinsic(federatedSecureSumBitwidthDefinition, [value.expression], { numbers });
}
