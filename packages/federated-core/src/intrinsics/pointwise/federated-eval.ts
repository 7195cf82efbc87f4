// `federatedEval`: a local computation of no parameter, run at the server or by each client with its own randomness.
import type { LocalExpression } from '../../expression/expression.js';
import type { ClientsValue, ServerValue } from '../../expression/placed-values.js';
import type { SymbolicValue } from '../../expression/symbolic-value.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { leafCount } from '../../types/leaves.js';
import { atClients, atServer, type Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { PointwiseIntrinsic } from '../framework/definition.js';
import { checkedPlacement } from '../framework/settings.js';

export const federatedEvalDefinition: PointwiseIntrinsic = {
  name: 'federatedEval',
  usage: 'federatedEval(local, placement)',
  role: 'pointwise',
  summary:
    'Runs a local computation without a parameter at a placement; each client draws its own random numbers.',
  signatures: ['(( -> T) -> {T}@CLIENTS)', '(( -> T) -> T@SERVER)'],
  // A function without a parameter stands for its result when an argument is a value (`zero` of an aggregate), so
  // the signatures cannot be matched as they are.
  infer: ([type], { settings }) => {
    if (type === undefined || type.kind === 'function') return null;
    const placement = settings.placement ?? 'SERVER';
    return placement === 'SERVER' ? atServer(type) : atClients(type);
  },
  emit(program, call, _inputs, salt) {
    const graph = (call.arguments[0] as LocalExpression).computation;
    return program.add(
      { op: 'call', graph, inputs: [], outputs: leafCount(graph.type.result), salt },
      leafCount(graph.type.result),
    );
  },
  evaluate: async (call, _inputs, { run, seed }) =>
    run((call.arguments[0] as LocalExpression).computation, [], seed),
};

/** The result of `local` at a placement. */
export function federatedEval<R extends Type>(
  local: LocalComputation<null, R>,
  placement: 'CLIENTS',
): ClientsValue<R>;
export function federatedEval<R extends Type>(
  local: LocalComputation<null, R>,
  placement: 'SERVER',
): ServerValue<R>;
export function federatedEval(local: LocalComputation<null>, placement: 'CLIENTS' | 'SERVER'): SymbolicValue {
  return applyIntrinsic(federatedEvalDefinition, [local], {
    placement: checkedPlacement(federatedEvalDefinition.name, placement),
  });
}
