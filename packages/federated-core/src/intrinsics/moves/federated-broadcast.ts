// `federatedBroadcast`: the server sends its value to every client of the cohort.
import type { AnyServerValue } from '../../expression/placed-values.js';
import type { SymbolicValue } from '../../expression/symbolic-value.js';
import type { Disclosure, FederatedType, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { BroadcastIntrinsic } from '../framework/definition.js';

export const federatedBroadcastDefinition: BroadcastIntrinsic = {
  name: 'federatedBroadcast',
  usage: 'federatedBroadcast(value)',
  role: 'broadcast',
  summary: 'Sends the server’s value to every client.',
  signatures: ['(T@SERVER -> T@CLIENTS)'],
};

/** The server's value, with every client. A value that is with the clients already does not type-check. */
export function federatedBroadcast<M extends Type, D extends Disclosure>(
  value: AnyServerValue<M, D>,
): SymbolicValue<FederatedType<M, 'CLIENTS', true, D>> {
  return applyIntrinsic(federatedBroadcastDefinition, [value]);
}
