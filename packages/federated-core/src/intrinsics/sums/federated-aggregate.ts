// `federatedAggregate`: an aggregation of the user's own, by four operators.
import type { Expression, LocalExpression } from '../../expression/expression.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import type { SymbolicValue } from '../../expression/symbolic-value.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { OPERATOR_SEED } from '../../program/seeds.js';
import { deriveSeed } from '../../random/seed.js';
import type { Disclosure, Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { type Argument, applyIntrinsic, firstParameter, isLocal } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { literal } from '../framework/literal.js';
import type { Accumulate, Merge, Report, Zero } from '../framework/operators.js';
import { checkedOptions } from '../framework/options.js';
import { finite } from '../framework/reference.js';

export const federatedAggregateDefinition: AggregateIntrinsic = {
  name: 'federatedAggregate',
  usage: 'federatedAggregate(value, { zero, accumulate, merge, report })',
  role: 'aggregate',
  revealing: false,
  hasOperators: true,
  summary: 'Aggregates by operators of your own: zero, accumulate, merge and report.',
  signatures: ['(<{T}@CLIENTS,U,(<U,T> -> U),(<U,U> -> U),(U -> R)> -> R@SERVER)'],
  labels: ['its value', 'zero', 'accumulate', 'merge', 'report'],
  edgeCases:
    'No clients: report(zero). A report with a NaN or an infinity fails the round. merge(zero, a) and merge(a, zero) must give a.',
  kinds: ['aggregate'],
  async reference(call, lanes, { run, salt }) {
    const [, zero, accumulate, merge, report] = call.arguments;
    const apply = (operator: Expression | undefined, leaves: readonly Tensor[]) =>
      run((operator as LocalExpression).computation, leaves, deriveSeed(OPERATOR_SEED, salt));
    const start = zero!.kind === 'literal' ? zero!.leaves : await apply(zero, []);
    let total: readonly Tensor[] | null = null;
    for (const lane of lanes) {
      let partial = start;
      for (const update of lane) partial = await apply(accumulate, [...partial, ...update]);
      total = total === null ? partial : await apply(merge, [...total, ...partial]);
    }
    return finite(call.intrinsic, await apply(report, total ?? start));
  },
};

/** Of values of type `M`: each operator as it is given, unless TypeScript knows that it does not fit. */
export interface AggregateOperators<
  M extends Type = Type,
  Z = unknown,
  A extends LocalComputation = LocalComputation,
  G extends LocalComputation = LocalComputation,
  R extends LocalComputation = LocalComputation,
> {
  /** The accumulator of nobody: a plain value, or a local computation without a parameter. */
  readonly zero: Zero<Z, A, M>;
  /** (accumulator, one client's value) → accumulator. */
  readonly accumulate: Accumulate<A, M>;
  /** (accumulator, accumulator) → accumulator. */
  readonly merge: Merge<G, A, M>;
  /** accumulator → aggregate. */
  readonly report: Report<R, A, M>;
}

/**
 * The clients' values folded by `accumulate` from `zero` in lanes, the lanes joined by `merge`, and the whole reported.
 */
export function federatedAggregate<
  M extends Type,
  D extends Disclosure,
  Z,
  A extends LocalComputation,
  G extends LocalComputation,
  R extends LocalComputation,
>(
  value: AnyClientsValue<M, D>,
  operators: AggregateOperators<M, Z, A, G, R>,
): ServerResult<R['type']['result'], D>;
export function federatedAggregate(value: SymbolicValue, operators: AggregateOperators): SymbolicValue {
  const { zero, accumulate, merge, report } = checkedOptions('federatedAggregate', operators, [
    'zero',
    'accumulate',
    'merge',
    'report',
  ]);
  return applyIntrinsic(federatedAggregateDefinition, [
    value,
    zeroOf(zero, accumulate),
    accumulate,
    merge,
    report,
  ]);
}

/** A plain zero takes its type from the first parameter of `accumulate`. */
function zeroOf(zero: unknown, accumulate: LocalComputation): Argument {
  if (isLocal(zero)) return zero;
  return literal(`apply ${federatedAggregateDefinition.name}`, 'zero', zero, firstParameter(accumulate));
}
