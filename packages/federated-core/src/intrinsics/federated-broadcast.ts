// `federatedBroadcast`: the server sends its value to every client of the cohort.
import type { ServerValue, SymbolicValue } from '../expression/symbolic-value.js';
import type { FederatedType, Type } from '../types/types.js';
import { applyIntrinsic } from './apply.js';
import type { BroadcastIntrinsic } from './definition.js';

export const federatedBroadcastDefinition: BroadcastIntrinsic = {
  name: 'federatedBroadcast',
  role: 'broadcast',
  summary: 'Sends the server’s value to every client.',
  signatures: ['(T@SERVER -> T@CLIENTS)'],
};

/** The server's value, with every client. A value that is with the clients already does not type-check. */
export function federatedBroadcast<M extends Type>(
  value: ServerValue<M>,
): SymbolicValue<FederatedType<M, 'CLIENTS', true>> {
  return applyIntrinsic(federatedBroadcastDefinition, [value.expression]);
}
