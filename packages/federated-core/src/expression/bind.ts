// Partial application: some parameters of a computation fixed to constants.

import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { federatedValue } from '../intrinsics/federated-value.js';
import type { Type } from '../types/types.js';
import { call } from './call.js';
import { type FederatedComputation, federatedComputation } from './federated-computation.js';
import type { SymbolicValue } from './symbolic-value.js';

/**
 * A computation of the parameters that `values` does not name; those that it names are constants, at the
 * server or the same with every client. Throws a `TypeMismatchError` where there is no such parameter.
 */
export function bind<R extends Type>(
  computation: FederatedComputation<Type | null, R>,
  values: { readonly [name: string]: unknown },
): FederatedComputation<Type | null, R> {
  const location = sourceLocation();
  const unknown = Object.keys(values).find(
    (name) => !computation.parameters.some((one) => one.name === name),
  );
  if (unknown !== undefined) {
    const names = computation.parameters.map(({ name }) => name ?? '(one without a name)').join(', ');
    throw new TypeMismatchError(
      `Cannot bind parameters of ${computation.name}: need some of ${names}, got ${unknown}${atLocation(location)}`,
    );
  }
  const free = computation.parameters.filter(({ name }) => !Object.hasOwn(values, name as string));
  const types = Object.fromEntries(free.map(({ name, type }) => [name as string, type]));
  return federatedComputation(
    types,
    (symbols) => {
      const given = symbols as { readonly [name: string]: SymbolicValue };
      const constants = computation.parameters.flatMap(({ name, type }) => {
        if (name === null || !Object.hasOwn(values, name) || type.kind !== 'federated') return [];
        const { member, placement } = type;
        const constant =
          placement === 'SERVER'
            ? federatedValue(values[name], 'SERVER', member)
            : federatedValue(values[name], 'CLIENTS', member);
        return [[name, constant] as const];
      });
      return call(computation, { ...given, ...Object.fromEntries(constants) });
    },
    { name: computation.name },
  ) as FederatedComputation<Type | null, R>;
}
