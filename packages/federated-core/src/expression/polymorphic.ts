// Polymorphic computations: one body for many types. Traced anew for each list of argument types, and once
// for each.

import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { struct, type Type } from '../types/types.js';
import { substitute, unify } from '../types/unify.js';
import { call } from './call.js';
import {
  type FederatedComputation,
  type FederatedComputationOptions,
  federatedComputation,
} from './federated-computation.js';
import type { Composed, SymbolicValue } from './symbolic-value.js';

export interface PolymorphicComputation {
  readonly kind: 'polymorphic-computation';
  readonly name: string;
  /** Parameter types by name, with type variables. */
  readonly parameters: { readonly [name: string]: Type };
  /** The computation for arguments of these types. */
  instantiate(types: { readonly [name: string]: Type }): FederatedComputation;
  /** Calls the computation for the types of the arguments, within the body of another. */
  call(values: { readonly [name: string]: SymbolicValue }): SymbolicValue;
}

/**
 * A computation over type variables, such as `{ values: atClients(abstractType('T')) }`: `body` is traced for
 * the types that it is called with. A body that only some types fit fails when it is instantiated.
 */
export function polymorphicComputation(
  parameters: { readonly [name: string]: Type },
  body: (symbols: { readonly [name: string]: SymbolicValue }) => Composed<SymbolicValue>,
  options: FederatedComputationOptions = {},
): PolymorphicComputation {
  const name = options.name ?? (body.name || 'polymorphic');
  const signature = struct(parameters);
  const instances = new Map<string, FederatedComputation>();

  const instantiate = (types: { readonly [name: string]: Type }): FederatedComputation => {
    const ordered = Object.keys(parameters).flatMap((key) =>
      types[key] === undefined ? [] : [[key, types[key]] as const],
    );
    const given = struct(Object.fromEntries(ordered));
    const bindings = ordered.length === Object.keys(types).length ? unify(signature, given) : null;
    if (bindings === null) {
      throw new TypeMismatchError(
        `Cannot instantiate ${name}: arguments must fit ${formatType(signature)}, got ${formatType(struct(types))}${atLocation(sourceLocation())}`,
      );
    }
    const concrete = substitute(signature, bindings);
    const key = formatType(concrete);
    let instance = instances.get(key);
    if (instance === undefined) {
      const fields = (concrete as typeof signature).elements as { readonly [name: string]: Type };
      instance = federatedComputation(fields, body as (symbols: unknown) => Composed<SymbolicValue>, {
        name,
      }) as FederatedComputation;
      instances.set(key, instance);
    }
    return instance;
  };
  return {
    kind: 'polymorphic-computation',
    name,
    parameters,
    instantiate,
    call(values) {
      const types = Object.fromEntries(Object.entries(values).map(([key, { type }]) => [key, type]));
      return call(instantiate(types), values);
    },
  };
}
