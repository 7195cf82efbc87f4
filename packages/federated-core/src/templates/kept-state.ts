// What the clients of a process keep, from the body that gives what they start with: how processes are made whose
// clients may keep something, or nothing.
import { CLIENT_STATE } from '../compile/client-state.js';
import { type FederatedComputation, federatedComputation } from '../computations/federated-computation.js';
import { optionError } from '../errors/check-option.js';
import type { AnyClientsValue } from '../expression/placed-values.js';
import { memberType } from '../types/member-type.js';
import { atClients, type Type } from '../types/types.js';

/** Records to be spread into what a process is made of; empty where clients keep nothing. */
export interface KeptState {
  readonly initialize: { readonly initializeClient?: FederatedComputation };
  /** What `next` takes. */
  readonly parameter: { readonly clientState?: Type };
  /** What `next` returns of `made`; throws a `RangeError` if that is missing, or should not be there. */
  returned(
    action: string,
    what: string,
    made: AnyClientsValue | undefined,
  ): { readonly clientState?: AnyClientsValue };
}

/** `start` gives what each client starts with, at CLIENTS; undefined where clients keep nothing. */
export function keptFrom(name: string, start: (() => AnyClientsValue) | undefined): KeptState {
  const returned: KeptState['returned'] = (action, what, made) => {
    if ((start === undefined) !== (made === undefined)) {
      const need =
        start === undefined
          ? `need startClient, which gives what clients start with, as ${what} has ${CLIENT_STATE}`
          : `${what} must have ${CLIENT_STATE}, as startClient gives what clients start with`;
      throw optionError(`${action}: ${need}, got none`);
    }
    return made === undefined ? {} : { [CLIENT_STATE]: made };
  };
  if (start === undefined) return { initialize: {}, parameter: {}, returned };
  const initializeClient: FederatedComputation = federatedComputation(null, start, {
    name: `${name} client start`,
  });
  const member = memberType(initializeClient.type.result);
  // The first state is the same for all, later ones are not.
  return { initialize: { initializeClient }, parameter: { [CLIENT_STATE]: atClients(member) }, returned };
}
