// `federatedAggregate`: an aggregation of the user's own, by four operators.
import type { Expression, LocalExpression } from '../../expression/expression.js';
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { OPERATOR_SEED } from '../../program/seeds.js';
import { deriveSeed } from '../../random/seed.js';
import type { Disclosure, Type } from '../../types/types.js';
import type { Tensor } from '../../values/tensor.js';
import { type Argument, applyIntrinsic, firstParameter, isLocal } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { literal } from '../framework/literal.js';
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

export interface AggregateOperators<R extends Type = Type> {
  /** The accumulator of nobody: a plain value, or a local computation without a parameter. */
  readonly zero: unknown;
  /** (accumulator, one client's value) → accumulator. */
  readonly accumulate: LocalComputation;
  /** (accumulator, accumulator) → accumulator. */
  readonly merge: LocalComputation;
  /** accumulator → aggregate. */
  readonly report: LocalComputation<Type | null, R>;
}

/**
 * The clients' values folded by `accumulate` from `zero` in lanes, the lanes joined by `merge`, and the whole reported.
 */
export function federatedAggregate<R extends Type, D extends Disclosure>(
  value: AnyClientsValue<Type, D>,
  operators: AggregateOperators<R>,
): ServerResult<R, D> {
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
