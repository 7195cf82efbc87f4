// `federatedAggregate`: an aggregation of the user's own, by four operators.
import type { Expression, LocalExpression } from '../expression/expression.js';
import type { AnyClientsValue, ServerResult } from '../expression/symbolic-value.js';
import type { LocalComputation } from '../plan/local-computation.js';
import type { Seed } from '../random/seed.js';
import { type Disclosure, structEntries, type Type } from '../types/types.js';
import { flatten } from '../values/flatten.js';
import { inferType } from '../values/infer-type.js';
import type { Tensor } from '../values/tensor.js';
import { toValue } from '../values/to-value.js';
import { applyIntrinsic, localExpression } from './apply.js';
import type { AggregateIntrinsic } from './definition.js';

export const federatedAggregateDefinition: AggregateIntrinsic = {
  name: 'federatedAggregate',
  role: 'aggregate',
  revealing: false,
  hasOperators: true,
  summary: 'Aggregates by operators of your own: zero, accumulate, merge and report.',
  signatures: ['(<{T}@CLIENTS,U,(<U,T> -> U),(<U,U> -> U),(U -> R)> -> R@SERVER)'],
  edgeCases: 'No clients: report(zero). merge(zero, a) and merge(a, zero) must give a.',
  kinds: ['aggregate'],
  async reference(call, lanes, { run }) {
    const [, zero, accumulate, merge, report] = call.arguments;
    const apply = (operator: Expression | undefined, leaves: readonly Tensor[]) =>
      run((operator as LocalExpression).computation, leaves, OPERATOR_SEED);
    const start = zero!.kind === 'literal' ? zero!.leaves : await apply(zero, []);
    let total: readonly Tensor[] | null = null;
    for (const lane of lanes) {
      let partial = start;
      for (const update of lane) partial = await apply(accumulate, [...partial, ...update]);
      total = total === null ? partial : await apply(merge, [...total, ...partial]);
    }
    return apply(report, total ?? start);
  },
};

/** Operators draw no randomness of their own. */
const OPERATOR_SEED: Seed = [0, 0];

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

/** The clients' values folded by `accumulate` from `zero` in lanes, the lanes joined by `merge`, and the whole reported. */
export function federatedAggregate<R extends Type, D extends Disclosure>(
  value: AnyClientsValue<Type, D>,
  { zero, accumulate, merge, report }: AggregateOperators<R>,
): ServerResult<R, D> {
  return applyIntrinsic(federatedAggregateDefinition, [
    value.expression,
    zeroExpression(zero, accumulate),
    localExpression(accumulate),
    localExpression(merge),
    localExpression(report),
  ]);
}

/** A plain zero takes its type from the first parameter of `accumulate`. */
function zeroExpression(zero: unknown, accumulate: LocalComputation): Expression {
  if (typeof zero === 'object' && zero !== null && 'kind' in zero && zero.kind === 'local-computation') {
    return localExpression(zero as LocalComputation);
  }
  const { parameter } = localExpression(accumulate).computation.type;
  const type =
    (parameter?.kind === 'struct' ? structEntries(parameter)[0]?.[1] : undefined) ?? inferType(zero);
  return { kind: 'literal', type, leaves: flatten(type, toValue(type, zero)) };
}
