// Polymorphic computations: one body for many types. Traced anew for each list of argument types, and once
// for each.

import { kinds } from '../errors/check-kind.js';
import { checkOptions } from '../errors/check-option.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import type { Composed, SymbolicValue } from '../expression/symbolic-value.js';
import { formatType } from '../types/format.js';
import { type StructType, struct, type Type } from '../types/types.js';
import { substitute, unify } from '../types/unify.js';
import { call } from './call.js';
import {
  type FederatedComputation,
  type FederatedComputationOptions,
  federatedComputation,
  type SymbolsOf,
} from './federated-computation.js';

export interface PolymorphicComputation<P extends TypesByName = TypesByName> {
  readonly kind: 'polymorphic-computation';
  readonly name: string;
  /** Parameter types by name, with type variables. */
  readonly parameters: P;
  /** The computation for arguments of these types. */
  instantiate<T extends ByNamesOf<P, Type>>(types: T): FederatedComputation<StructType<T>>;
  /** Calls the computation for the types of the arguments, within the body of another. */
  call(values: ByNamesOf<P, SymbolicValue>): SymbolicValue;
}

interface TypesByName {
  readonly [name: string]: Type;
}

type ByNamesOf<P, V> = { readonly [K in keyof P]: V };

/**
 * A computation over type variables, such as `{ values: atClients(abstractType('T')) }`: `body` is traced for
 * the types that it is called with. A body that only some types fit fails when it is instantiated.
 */
export function polymorphicComputation<const P extends TypesByName>(
  parameters: P,
  body: (symbols: SymbolsOf<P>) => Composed<SymbolicValue>,
  options: FederatedComputationOptions = {},
): PolymorphicComputation<P> {
  kinds.record('Cannot make a polymorphic computation', 'its parameters', parameters);
  kinds.callable('Cannot make a polymorphic computation', 'its body', body);
  checkOptions('Cannot make a polymorphic computation', options, { name: kinds.text });
  const name = options.name ?? (body.name || 'polymorphic');
  const signature = struct(parameters);
  const instances = new Map<string, FederatedComputation>();

  const instantiate = (types: TypesByName): FederatedComputation => {
    kinds.record(`Cannot instantiate ${name}`, 'its types', types);
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
      });
      instances.set(key, instance);
    }
    return instance;
  };
  return {
    kind: 'polymorphic-computation',
    name,
    parameters,
    instantiate: (types) => instantiate(types) as FederatedComputation<StructType<typeof types>>,
    call(values) {
      kinds.record(`Cannot call ${name}`, 'its values', values);
      const given: { readonly [name: string]: SymbolicValue } = values;
      const types = Object.fromEntries(Object.entries(given).map(([key, { type }]) => [key, type]));
      return call(instantiate(types), given);
    },
  };
}
