// Computations of which the server sees aggregates alone: a type that a function can ask for, so that the compiler
// refuses to give it one that collects or samples, and the same check at run time for computations of unknown type.
import { atLocation } from '../errors/source-location.js';
import { StarlingError } from '../errors/starling-error.js';
import { childrenOf, type IntrinsicExpression, postorder } from '../expression/expression.js';
import { reveals } from '../types/disclosure.js';
import type { FederatedType, Placement, Type } from '../types/types.js';
import { computationKinds } from './computation-kinds.js';
import type { FederatedComputation } from './federated-computation.js';

/** A placed type, or structs of them, none of which is revealing. */
export type AggregatedType = FederatedType<Type, Placement, boolean, 'aggregated'> | AggregatedStruct;

export interface AggregatedStruct {
  readonly kind: 'struct';
  readonly elements: readonly AggregatedType[] | { readonly [name: string]: AggregatedType };
}

/**
 * A computation that shows the server no value of a single client: it neither collects, samples, nor selects by keys.
 */
export type AggregatedComputation<
  P extends Type | null = Type | null,
  R extends AggregatedType = AggregatedType,
> = FederatedComputation<P, R>;

/**
 * The computation itself, which is known to be aggregated from here on. Throws a `StarlingError` (`revealing`) that
 * names the intrinsics and lines by which the server would see values of single clients.
 */
export function requireAggregated<P extends Type | null>(
  computation: FederatedComputation<P, Type>,
): AggregatedComputation<P> {
  computationKinds.federated('Cannot accept a computation as aggregated', 'it', computation);
  if (reveals(computation.type)) {
    const [first, ...others] = revealingCalls(computation);
    const names = [first, ...others].map((one) => one?.intrinsic ?? 'a revealing parameter').join(', ');
    throw new StarlingError(
      'revealing',
      `Cannot accept ${computation.name} as aggregated: the server must see no value of a single client, got ${names}${atLocation(first?.location ?? null)}`,
    );
  }
  return computation as AggregatedComputation<P>;
}

/** The calls where values begin to be revealing, in the computation and in those that it calls. */
function revealingCalls(computation: FederatedComputation): readonly IntrinsicExpression[] {
  return postorder(computation.body).flatMap((expression) => {
    if (expression.kind === 'call') return revealingCalls(expression.computation);
    const begins = expression.kind === 'intrinsic' && reveals(expression.type);
    return begins && !childrenOf(expression).some(({ type }) => reveals(type)) ? [expression] : [];
  });
}
