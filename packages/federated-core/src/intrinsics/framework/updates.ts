// Types without placements: what programs and plans see.
import type { Expression, IntrinsicExpression, ParameterExpression } from '../../expression/expression.js';
import { float64, type Placement, struct, type Type } from '../../types/types.js';
import { mapFields } from '../../types/unify.js';
import type { AggregateIntrinsic } from './definition.js';

/** The member of a federated type; of a struct, field by field. */
export function memberType(type: Type): Type {
  if (type.kind === 'federated') return type.member;
  return type.kind === 'struct' ? mapFields(type, memberType) : type;
}

/** The members of the parameters at one placement (see `RoundPlan.serverInput`). */
export function inputType(parameters: readonly ParameterExpression[], placement: Placement): Type {
  const placed = parametersAt(parameters, placement);
  const [only] = placed;
  if (only?.name === null) return memberType(only.type);
  return struct(Object.fromEntries(placed.map(({ name, type }) => [name as string, memberType(type)])));
}

export function parametersAt(
  parameters: readonly ParameterExpression[],
  placement: Placement,
): readonly ParameterExpression[] {
  return parameters.filter(({ type }) => type.kind === 'federated' && type.placement === placement);
}

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
