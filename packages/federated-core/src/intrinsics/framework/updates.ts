// What clients send for an aggregate.
import type { Expression, IntrinsicExpression } from '../../expression/expression.js';
import { memberType } from '../../types/member-type.js';
import { float64, struct, type Type } from '../../types/types.js';
import type { AggregateIntrinsic } from './definition.js';

/** The arguments of an aggregate that each client computes: all but its operators and zero. */
export function contributions(aggregate: IntrinsicExpression): readonly Expression[] {
  return aggregate.arguments.filter(({ type }) => type.kind === 'federated');
}

/** What a client sends for an aggregate. */
export function updateType(aggregate: IntrinsicExpression, definition: AggregateIntrinsic): Type {
  const members = contributions(aggregate).map(({ type }) => memberType(type));
  if (definition.drawsRank === true) members.push(float64());
  return members.length === 1 ? members[0]! : struct(members);
}
