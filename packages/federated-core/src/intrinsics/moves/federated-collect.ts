// `federatedCollect`: every client's value, at the server. Revealing: types and plans show that the server sees
// single clients' values.

import type { AnyClientsValue, RevealingServerValue } from '../../expression/placed-values.js';
import { leafTypes } from '../../types/leaves.js';
import { memberType } from '../../types/member-type.js';
import type { SequenceType, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { referenceStack } from '../framework/reference.js';

export const federatedCollectDefinition: AggregateIntrinsic = {
  name: 'federatedCollect',
  usage: 'federatedCollect(value)',
  role: 'aggregate',
  revealing: true,
  summary: 'Every client’s value, as a sequence at the server, in cohort order.',
  signatures: ['({T}@CLIENTS -> T*@SERVER revealing)'],
  where: { T: 'tensors' },
  edgeCases: 'No clients: an empty sequence. All values must be of one shape.',
  kinds: ['collect'],
  reference(call, lanes) {
    const member = memberType(call.arguments[0]!.type);
    return referenceStack(leafTypes(member), lanes.flat());
  },
};

/**
 * Every client's value, in cohort order. The server sees single clients' values, and the type of the result, and of
 * all that is computed from it, says so: prefer an aggregate.
 */
export function federatedCollect<M extends Type>(
  value: AnyClientsValue<M>,
): RevealingServerValue<SequenceType<M>> {
  return applyIntrinsic(federatedCollectDefinition, [value]);
}
