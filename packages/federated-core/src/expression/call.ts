// Calling one federated computation inside another, and putting the body of the called one in its place.

import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { isAssignable } from '../types/relations.js';
import type { Type } from '../types/types.js';
import { childrenOf, type Expression, type ParameterExpression } from './expression.js';
import type { FederatedComputation } from './federated-computation.js';
import { type Composed, expressionOf, SymbolicValue } from './symbolic-value.js';

/**
 * The result of `computation` on symbolic arguments: by the names of its parameters, or one value where its
 * parameter has no name. The result is one value; take the fields of a struct with `field`.
 */
export function call<R extends Type>(
  computation: FederatedComputation<Type | null, R>,
  argument?: SymbolicValue | { readonly [name: string]: SymbolicValue },
): SymbolicValue<R> {
  const location = sourceLocation();
  const given = (parameter: ParameterExpression): Expression => {
    const value =
      parameter.name === null
        ? argument
        : (argument as Readonly<Record<string, SymbolicValue>> | undefined)?.[parameter.name];
    if (value === undefined) throw misfit(computation, parameter, 'nothing', location);
    const expression = expressionOf(value as Composed<SymbolicValue>);
    if (!isAssignable(parameter.type, expression.type)) {
      throw misfit(computation, parameter, formatType(expression.type), location);
    }
    return expression;
  };
  const known = new Set(computation.parameters.map(({ name }) => name));
  if (argument !== undefined && !(argument instanceof SymbolicValue)) {
    const surplus = Object.keys(argument).find((name) => !known.has(name));
    if (surplus !== undefined) {
      throw new TypeMismatchError(
        `Cannot call ${computation.name}: need ${[...known].join(', ')}, got ${surplus}${atLocation(location)}`,
      );
    }
  }
  const { result } = computation.type;
  const expressions = computation.parameters.map(given);
  return new SymbolicValue(result, {
    kind: 'call',
    computation,
    arguments: expressions,
    type: result,
    location,
  });
}

/** `root` with every call replaced by the called body, so that only intrinsics are left. Each call gets nodes of its own: two calls draw different random numbers. */
export function inlineCalls(root: Expression): Expression {
  return inline(root, null);
}

function inline(root: Expression, parameters: ReadonlyMap<string | null, Expression> | null): Expression {
  const done = new Map<Expression, Expression>();
  const visit = (expression: Expression): Expression => {
    const before = done.get(expression);
    if (before !== undefined) return before;
    const after = rebuild(expression);
    done.set(expression, after);
    return after;
  };
  const rebuild = (expression: Expression): Expression => {
    const children = childrenOf(expression).map(visit);
    switch (expression.kind) {
      case 'parameter':
        return parameters?.get(expression.name) ?? expression;
      case 'literal':
      case 'local':
        return expression;
      case 'struct':
        return { ...expression, elements: children };
      case 'selection':
        return select(expression, children[0]!);
      case 'intrinsic':
        return { ...expression, arguments: children };
      case 'call': {
        const { computation } = expression;
        return inline(
          computation.body,
          new Map(computation.parameters.map(({ name }, index) => [name, children[index]!])),
        );
      }
    }
  };
  return visit(root);
}

/** A field of a struct that is at hand is that field itself. */
function select(selection: Extract<Expression, { kind: 'selection' }>, source: Expression): Expression {
  return source.kind === 'struct' ? source.elements[selection.index]! : { ...selection, source };
}

function misfit(
  computation: FederatedComputation,
  { name, type }: ParameterExpression,
  got: string,
  location: string | null,
): TypeMismatchError {
  return new TypeMismatchError(
    `Cannot call ${computation.name}: ${name === null ? 'its parameter' : `parameter ${name}`} needs ${formatType(type)}, got ${got}${atLocation(location)}`,
  );
}
