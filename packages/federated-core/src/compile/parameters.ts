// The parameters of a computation by where their values are.
import type { ParameterExpression } from '../expression/expression.js';
import { memberType } from '../types/member-type.js';
import { type Placement, struct, type Type } from '../types/types.js';

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
