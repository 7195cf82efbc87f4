// Applies an intrinsic to expressions: checks the arguments against its signatures and gives a symbolic value.

import { describeValue } from '../../errors/describe-value.js';
import { atLocation, sourceLocation } from '../../errors/source-location.js';
import { TypeMismatchError } from '../../errors/starling-error.js';
import type { Expression, IntrinsicSettings } from '../../expression/expression.js';
import { SymbolicValue } from '../../expression/symbolic-value.js';
import type { LocalComputation } from '../../program/local-computation.js';
import { reveals, withDisclosure } from '../../types/disclosure.js';
import { formatType } from '../../types/format.js';
import { parseType } from '../../types/parse.js';
import { type FunctionType, struct, structEntries, type Type } from '../../types/types.js';
import { firstMisfit, substitute, unify } from '../../types/unify.js';
import { constraints } from './constraints.js';
import type { IntrinsicDefinition } from './definition.js';

/** What an intrinsic is called with, as the user gives it. */
export type Argument = Expression | SymbolicValue | LocalComputation;

/**
 * A checked call of `definition`; throws a `TypeMismatchError` with the user's line and both types. The result is
 * revealing when the signature says so, or when an argument is. `V` is the signature in TypeScript, the caller's word.
 */
export function applyIntrinsic<V extends SymbolicValue>(
  definition: IntrinsicDefinition,
  given: readonly Argument[],
  settings: IntrinsicSettings = {},
): V {
  const location = sourceLocation();
  const callArguments = given.map((argument, index) => {
    const expression = expressionOfArgument(argument);
    if (expression !== null) return expression;
    const which = labelOf(definition, index, given.length);
    const need = wantsFunction(definition, index)
      ? 'a local computation (localComputation(…))'
      : 'a federated value (federatedValue(…) makes one of a constant)';
    throw new TypeMismatchError(
      `Cannot apply ${definition.name}: ${which} must be ${need}, got ${describeValue(argument)}${atLocation(location)}`,
    );
  });
  const result = resultType(definition, callArguments, settings, location);
  const revealing = callArguments.some((argument) => argument.kind !== 'local' && reveals(argument.type));
  const type = revealing ? withDisclosure(result, 'revealing') : result;
  return new SymbolicValue(type, {
    kind: 'intrinsic',
    intrinsic: definition.name,
    arguments: callArguments,
    settings,
    type,
    location,
  }) as V;
}

/** The member of a placed value; null for anything else, which `applyIntrinsic` refuses. */
export function memberOf(given: unknown): Type | null {
  return given instanceof SymbolicValue && given.type.kind === 'federated' ? given.type.member : null;
}

/** The type of the first parameter of a local computation, such as the state of an operator, when it has several. */
export function firstParameter(given: unknown): Type | undefined {
  const parameter = isLocal(given) ? given.type.parameter : null;
  return parameter?.kind === 'struct' ? structEntries(parameter)[0]?.[1] : undefined;
}

/** Whether what a user gave is a local computation. */
export function isLocal(given: unknown): given is LocalComputation {
  return isKind(given) && given.kind === 'local-computation';
}

const EXPRESSION_KINDS: ReadonlySet<unknown> = new Set<Expression['kind']>([
  'parameter',
  'literal',
  'local',
  'struct',
  'selection',
  'call',
  'intrinsic',
]);

function expressionOfArgument(given: unknown): Expression | null {
  if (given instanceof SymbolicValue) return given.expression;
  if (isLocal(given)) return { kind: 'local', computation: given, type: given.type };
  return isKind(given) && EXPRESSION_KINDS.has(given.kind) ? (given as Expression) : null;
}

function isKind(given: unknown): given is { readonly kind: unknown } {
  return typeof given === 'object' && given !== null && 'kind' in given;
}

function wantsFunction(definition: IntrinsicDefinition, index: number): boolean {
  return signaturesOf(definition).some(({ parameter }) => {
    const fields =
      parameter?.kind === 'struct' ? structEntries(parameter).map(([, type]) => type) : [parameter];
    return fields[index]?.kind === 'function';
  });
}

function resultType(
  definition: IntrinsicDefinition,
  callArguments: readonly Expression[],
  settings: IntrinsicSettings,
  location: string | null,
): Type {
  const types = callArguments.map(argumentType);
  if (definition.infer !== undefined) {
    const inferred = definition.infer(types, { settings });
    if (inferred !== null) return inferred;
  } else {
    const given = types.length === 1 ? types[0]! : struct(types);
    for (const signature of signaturesOf(definition)) {
      if (settings.placement !== undefined && placementOf(signature.result) !== settings.placement) continue;
      const bindings = unify(signature.parameter!, given);
      if (bindings === null) continue;
      for (const [label, constraint] of Object.entries(definition.where ?? {})) {
        const bound = bindings.get(label);
        if (bound !== undefined && !constraints[constraint].accepts(bound)) {
          throw new TypeMismatchError(
            `Cannot apply ${definition.name}: ${label} must be ${constraints[constraint].need}, got ${formatType(bound)}${atLocation(location)}`,
          );
        }
      }
      return substitute(signature.result, bindings);
    }
  }
  throw new TypeMismatchError(
    `Cannot apply ${definition.name}: ${misfit(definition, types, settings)}${atLocation(location)}`,
  );
}

/** The first argument that does not fit, with what it would have to be by the signatures that come furthest. */
function misfit(
  definition: IntrinsicDefinition,
  types: readonly Type[],
  settings: IntrinsicSettings,
): string {
  if (definition.infer !== undefined) {
    const needed = new Set(definition.signatures.map((text) => text.slice(1, text.lastIndexOf(' -> '))));
    return `arguments must fit ${[...needed].join(' or ')}, got ${types.map(formatType).join(', ') || 'none'}`;
  }
  const misfits = signaturesOf(definition)
    .filter(({ result }) => settings.placement === undefined || placementOf(result) === settings.placement)
    .flatMap(({ parameter }) => {
      const wanted = argumentTypesOf(parameter!, types.length);
      return wanted === null ? [] : [firstMisfit(wanted, types)!];
    });
  const furthest = Math.max(...misfits.map(({ index }) => index));
  const needed = misfits.filter(({ index }) => index === furthest).map((one) => formatType(one.needed));
  const which = labelOf(definition, furthest, types.length);
  return `${which} must be ${[...new Set(needed)].join(' or ')}, got ${formatType(types[furthest]!)}`;
}

/** What an error calls an argument, of so many. */
function labelOf({ labels }: IntrinsicDefinition, index: number, count: number): string {
  return count === 1 ? 'its argument' : (labels?.[index] ?? `argument ${index + 1}`);
}

/** The types that a signature asks of so many arguments; null when it takes another number. */
function argumentTypesOf(parameter: Type, count: number): readonly Type[] | null {
  if (parameter.kind !== 'struct') return count === 1 ? [parameter] : null;
  const wanted = structEntries(parameter).map(([, one]) => one);
  return wanted.length === count ? wanted : null;
}

/** A function of no parameter stands for its result: a `zero` may be computed. */
function argumentType(expression: Expression): Type {
  if (expression.kind === 'local' && expression.computation.type.parameter === null) {
    return expression.computation.type.result;
  }
  return expression.type;
}

const parsed = new Map<string, FunctionType>();

function signaturesOf(definition: IntrinsicDefinition): readonly FunctionType[] {
  return definition.signatures.map((text) => {
    const known = parsed.get(text) ?? (parseType(text) as FunctionType);
    parsed.set(text, known);
    return known;
  });
}

function placementOf(type: Type): string | null {
  return type.kind === 'federated' ? type.placement : null;
}
