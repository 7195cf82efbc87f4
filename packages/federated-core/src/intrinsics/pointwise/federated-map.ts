// `federatedMap`: a local computation on each client's value, or on the server's.
import type { LocalExpression } from '../../expression/expression.js';
import type { InOnePlace, PlacedResult, PlacedValue } from '../../expression/placed-values.js';
import type { Composed, SymbolicValue } from '../../expression/symbolic-value.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { leafCount } from '../../types/leaves.js';
import type { Type } from '../../types/types.js';
import { applyIntrinsic, isLocal } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';
import type { Fitting } from '../framework/requirements.js';
import { type MemberOf, zipComposed } from './federated-zip.js';

export const federatedMapDefinition: PointwiseIntrinsic = {
  name: 'federatedMap',
  usage: 'federatedMap(local, values)',
  role: 'pointwise',
  summary: 'Applies a local computation to each client’s value, or to the server’s.',
  // Mapping what all clients share gives each its own value: the local computation may draw random numbers.
  signatures: ['(<(T -> U),{T}@CLIENTS> -> {U}@CLIENTS)', '(<(T -> U),T@SERVER> -> U@SERVER)'],
  emit(program, call, [, value], salt) {
    const graph = (call.arguments[0] as LocalExpression).computation;
    const outputs = leafCount(graph.type.result);
    return program.add({ op: 'call', graph, inputs: value!, outputs, salt }, outputs);
  },
  evaluate: async (call, [, value], { run, seed }) =>
    run((call.arguments[0] as LocalExpression).computation, value!, seed),
};

/**
 * `local` applied to each member. `argument` is one value, or a record or list of values of one placement, which
 * are zipped; a record is matched to the parameters of `local` by name.
 */
export function federatedMap<P extends Type | null, R extends Type, const C extends Composed<PlacedValue>>(
  local: LocalComputation<P, R>,
  argument: InOnePlace<C, Fitting<P, MemberOf<C>, C>>,
): PlacedResult<R, C>;
export function federatedMap(local: LocalComputation, argument: Composed<SymbolicValue>): SymbolicValue {
  const order = isLocal(local) ? local.type.parameter : null;
  return applyIntrinsic(federatedMapDefinition, [
    local,
    zipComposed(argument, order, federatedMapDefinition.name),
  ]);
}
