// Tracing: the body of a federated computation runs once, on symbolic values, and leaves an expression tree.
// Second station of write → trace → compile → run.

import { checkKind, kinds } from '../errors/check-kind.js';
import { checkOptions, optionError } from '../errors/check-option.js';
import { refusesOtherFields } from '../errors/missing-fields.js';
import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import {
  type Expression,
  type ParameterExpression,
  postorder,
  type TracedComputation,
} from '../expression/expression.js';
import {
  type Composed,
  expressionOf,
  SymbolicValue,
  type TypeOfComposed,
} from '../expression/symbolic-value.js';
import { formatType } from '../types/format.js';
import { type FunctionType, isType, type StructType, struct, type Type } from '../types/types.js';
import { traceBody } from './trace-body.js';

/** A traced computation over placed values: data, which can be called, printed, compiled and evaluated. */
export interface FederatedComputation<P extends Type | null = Type | null, R extends Type = Type>
  extends TracedComputation {
  readonly type: FunctionType<P, R>;
}

/** Types by parameter name, one type, or none. */
export type ParameterTypes = { readonly [name: string]: Type } | Type | null;

/** The type of the parameter: a struct of the named ones. */
export type ParameterOf<P extends ParameterTypes> = P extends null
  ? null
  : P extends Type
    ? P
    : P extends { readonly [name: string]: Type }
      ? StructType<P>
      : never;

/** What the body gets: a symbolic value for each parameter. */
export type SymbolsOf<P extends ParameterTypes> = P extends null
  ? Record<string, never>
  : P extends Type
    ? SymbolicValue<P>
    : { readonly [K in keyof P]: P[K] extends Type ? SymbolicValue<P[K]> : never };

export interface FederatedComputationOptions {
  /** For prints, plans and logs; the body's own name by default. */
  readonly name?: string;
}

/**
 * Traces `body` once into a computation. `parameters` is a record of placed types (`{ readings:
 * atClients(sequence(float32())), threshold: atServer(float32()) }`), one placed type, or null for none; the
 * body gets symbolic values by the same names and returns one, or a record or list of them.
 * Throws a `TypeMismatchError` that names the user's line when a placement or type does not fit.
 */
export function federatedComputation<const P extends ParameterTypes, C extends Composed<SymbolicValue>>(
  parameters: P,
  body: (symbols: SymbolsOf<P>) => C,
  options: FederatedComputationOptions = {},
): FederatedComputation<ParameterOf<P>, TypeOfComposed<C>> {
  checkArguments(parameters, body, options);
  const name = options.name ?? (body.name || 'computation');
  const expressions = parameterExpressions(name, parameters);
  const symbols = symbolsOf(expressions);
  const traced = expressionOf(
    traceBody(name, expressions, () => body(symbols as SymbolsOf<P>)),
    name,
  );
  checkOwnParameters(name, expressions, traced);
  const type = { kind: 'function', parameter: parameterType(expressions), result: traced.type };
  return {
    kind: 'federated-computation',
    name,
    type: type as FunctionType<ParameterOf<P>, TypeOfComposed<C>>,
    parameters: expressions,
    body: traced,
  };
}

/** Throws where the result is made of a value that another body was given, and that was kept in a variable. */
function checkOwnParameters(name: string, own: readonly ParameterExpression[], result: Expression): void {
  const foreign = postorder(result).find(
    (expression) => expression.kind === 'parameter' && !own.includes(expression),
  );
  if (foreign === undefined) return;
  const { name: parameter, type } = foreign as ParameterExpression;
  throw new TypeMismatchError(
    `Cannot trace ${name}: its body must use its own parameters, got ${parameter ?? 'one'} of another body, ${formatType(type)}. Take it as a parameter here, too${atLocation(sourceLocation())}`,
  );
}

const ACTION = 'Cannot trace a computation';

function checkArguments(parameters: unknown, body: unknown, options: FederatedComputationOptions): void {
  checkKind(ACTION, 'its parameters', parameters, {
    need: 'placed types by name, such as { x: atClients(float32()) }, one placed type, or null for none',
    fits: (value) => value === null || (typeof value === 'object' && !Array.isArray(value)),
    advice: (value) => (typeof value === 'function' ? 'Parameters come first, then the body' : null),
  });
  kinds.callable(ACTION, 'its body', body);
  checkOptions(ACTION, options, { name: kinds.text });
}

/** The struct of named parameters, the one unnamed parameter, or null when there are none. */
export function parameterType(parameters: readonly ParameterExpression[]): Type | null {
  const [first] = parameters;
  if (first === undefined) return null;
  if (first.name === null) return first.type;
  return struct(Object.fromEntries(parameters.map(({ name, type }) => [name as string, type])));
}

function parameterExpressions(computation: string, parameters: ParameterTypes): ParameterExpression[] {
  if (parameters === null) return [];
  const named: readonly (readonly [string | null, Type])[] = isType(parameters)
    ? [[null, parameters]]
    : Object.entries(struct(parameters).elements);
  return named.map(([name, type]) => {
    if (type.kind !== 'federated') {
      throw new TypeMismatchError(
        `Cannot trace ${computation}: parameter ${name ?? ''} needs a placement (atClients(…) or atServer(…)), got ${formatType(type)}${atLocation(sourceLocation())}`,
      );
    }
    return { kind: 'parameter', name, type };
  });
}

function symbolsOf(parameters: readonly ParameterExpression[]): unknown {
  const [first] = parameters;
  if (first?.name === null) return new SymbolicValue(first.type, first);
  const names = parameters.map(({ name }) => name as string);
  const prototype = refusesOtherFields('the parameters of a computation', names, optionError);
  const symbols = parameters.map(
    (parameter) => [parameter.name, new SymbolicValue(parameter.type, parameter)] as const,
  );
  return Object.assign(Object.create(prototype) as object, Object.fromEntries(symbols));
}
