// Partial application: some parameters of a computation fixed to constants.

import { kinds } from '../errors/check-kind.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import type { SymbolicValue } from '../expression/symbolic-value.js';
import { literal } from '../intrinsics/framework/literal.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import type { FederatedType, StructType, Type } from '../types/types.js';
import type { HostInput } from '../values/host-types.js';
import { call } from './call.js';
import { computationKinds } from './computation-kinds.js';
import { type FederatedComputation, federatedComputation } from './federated-computation.js';

/**
 * A computation of the parameters that `values` does not name; those that it names are constants, at the
 * server or the same with every client. Throws a `TypeMismatchError` when there is no such parameter.
 */
export function bind<P extends Type | null, R extends Type, const V extends BindableValues<P>>(
  computation: FederatedComputation<P, R>,
  values: V,
): FederatedComputation<FreeParameters<P, V>, R> {
  return bindNames(computation, values as { readonly [name: string]: unknown }) as FederatedComputation<
    FreeParameters<P, V>,
    R
  >;
}

/** Constants by the names of parameters; of one at CLIENTS, the member that every client is to hold. */
export type BindableValues<P> = Type extends P
  ? { readonly [name: string]: unknown }
  : P extends StructType<infer E>
    ? { readonly [K in keyof E]?: E[K] extends FederatedType<infer M> ? HostInput<M> : unknown }
    : { readonly [name: string]: never };

/** The parameters that `V` does not name. */
export type FreeParameters<P, V> = Type extends P
  ? Type | null
  : P extends StructType<infer E extends { readonly [name: string]: Type }>
    ? keyof E extends keyof V
      ? null
      : StructType<{ readonly [K in Exclude<keyof E, keyof V> & string]: E[K] }>
    : Type | null;

function bindNames(
  computation: FederatedComputation,
  values: { readonly [name: string]: unknown },
): FederatedComputation {
  computationKinds.federated('Cannot bind parameters', 'the computation', computation);
  kinds.record(`Cannot bind parameters of ${computation.name}`, 'values', values);
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
        literal(`bind parameters of ${computation.name}`, name, values[name], member);
        const constant =
          placement === 'SERVER'
            ? federatedValue(values[name], 'SERVER', member)
            : federatedValue(values[name], 'CLIENTS', member);
        return [[name, constant] as const];
      });
      return call(computation, { ...given, ...Object.fromEntries(constants) });
    },
    { name: computation.name },
  );
}
