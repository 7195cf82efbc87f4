// Calling one federated computation inside another, and putting the body of the called one in its place.

import { describeValue } from '../errors/describe-value.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { childrenOf, type Expression, type ParameterExpression } from '../expression/expression.js';
import type { DisclosureIn } from '../expression/placed-values.js';
import { SymbolicValue } from '../expression/symbolic-value.js';
import { accepts, reveals, withDisclosure } from '../types/disclosure.js';
import { formatType } from '../types/format.js';
import type { FederatedType, StructType, Type } from '../types/types.js';
import { computationKinds } from './computation-kinds.js';
import type { FederatedComputation } from './federated-computation.js';

/**
 * What a computation with a parameter of type `P` is called with: values in the right places; their members are checked
 * at tracing.
 */
export type CallArgument<P> = Type extends P
  ? SymbolicValue | { readonly [name: string]: SymbolicValue }
  : P extends StructType<infer E>
    ? { readonly [K in keyof E]: InPlaceOf<E[K]> }
    : InPlaceOf<P>;

type InPlaceOf<T> =
  T extends FederatedType<Type, infer P, infer A>
    ? SymbolicValue<FederatedType<Type, P, A extends true ? A : boolean>>
    : SymbolicValue;

/** The result of a call: revealing when the computation is, or an argument. */
export type CallResult<R extends Type, D> = [D] extends ['aggregated'] ? R : Extract<Revealing<R>, Type>;

type Revealing<R> = Type extends R
  ? R
  : R extends FederatedType<infer M, infer P, infer A>
    ? FederatedType<M, P, A, 'revealing'>
    : R extends { readonly kind: 'struct'; readonly elements: infer E }
      ? { readonly kind: 'struct'; readonly elements: { readonly [K in keyof E]: Revealing<E[K]> } }
      : R;

/**
 * The result of `computation` on symbolic arguments: by the names of its parameters, or one value when its
 * parameter has no name. The result is one value; take the fields of a struct with `field`.
 */
export function call<P extends Type | null, R extends Type, const A extends CallArgument<P>>(
  computation: FederatedComputation<P, R>,
  argument: A,
): SymbolicValue<CallResult<R, DisclosureIn<A>>>;
export function call<P extends Type | null, R extends Type>(
  computation: FederatedComputation<P, R> & (null extends P ? unknown : 'needs an argument'),
): SymbolicValue<R>;
export function call(
  computation: FederatedComputation,
  argument?: SymbolicValue | { readonly [name: string]: SymbolicValue },
): SymbolicValue {
  computationKinds.federated('Cannot call a computation', 'what is called', computation);
  const location = sourceLocation();
  const given = (parameter: ParameterExpression): Expression => {
    const value =
      parameter.name === null
        ? argument
        : (argument as Readonly<Record<string, SymbolicValue>> | undefined)?.[parameter.name];
    if (!(value instanceof SymbolicValue)) {
      throw misfit(computation, parameter, value === undefined ? 'nothing' : describeValue(value), location);
    }
    const { expression } = value;
    if (!accepts(parameter.type, expression.type)) {
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
  const expressions = computation.parameters.map(given);
  const revealing = expressions.some(({ type }) => reveals(type));
  const result = revealing ? withDisclosure(computation.type.result, 'revealing') : computation.type.result;
  return new SymbolicValue(result, {
    kind: 'call',
    computation,
    arguments: expressions,
    type: result,
    location,
  });
}

/**
 * `root` with every call replaced by the called body, so that only intrinsics are left. Each call gets its own nodes:
 * two calls draw different random numbers.
 */
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
