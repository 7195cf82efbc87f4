// What clients keep, taken out of a computation before it is cut into slots: the parameter `clientState` that work
// reads, the part of the result that it makes, and the program that gives a client its first one.
import { inlineCalls } from '../computations/call.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { checkKind, kinds } from '../errors/check-kind.js';
import { type Check, checkOptions, oneOf } from '../errors/check-option.js';
import { CompileError } from '../errors/starling-error.js';
import { type Expression, type ParameterExpression, postorder } from '../expression/expression.js';
import type { ClientState, WhenLost } from '../plan/round-plan.js';
import { formatType } from '../types/format.js';
import { memberType } from '../types/member-type.js';
import { isAssignable } from '../types/relations.js';
import { struct, structEntries, type Type } from '../types/types.js';
import { Emitter } from './emitter.js';

/** The parameter and the part of the result that clients keep. */
export const CLIENT_STATE = 'clientState';

/** Of a process whose clients keep a state. */
export interface ClientStateSource {
  /** ( -> {T}@CLIENTS): a client's first state. */
  readonly initialize: FederatedComputation;
  /** Default `restart`. */
  readonly whenLost?: WhenLost;
  /** See `ClientState`. Default: false. */
  readonly finite?: boolean;
}

export const whenLostKind: Check = oneOf('restart', 'sit-out');

/** How clients' states enter a computation; `made` is `null` where it only reads them. */
export interface SplitState {
  readonly parameter: ParameterExpression;
  readonly made: Expression | null;
  /** What is left of the result. */
  readonly body: Expression;
}

/** Throws a `CompileError` unless `computation` takes a client state of `type` and, if it `writes`, returns one. */
export function splitClientState(
  { name, parameters }: FederatedComputation,
  body: Expression,
  type: Type,
  writes: boolean,
): SplitState {
  const fail = (need: string, got: string): never => {
    throw new CompileError(`Cannot compile ${name}: ${need}, got ${got}`);
  };
  const parameter = parameters.find((each) => each.name === CLIENT_STATE);
  if (parameter === undefined || !isAssignable(memberType(parameter.type), type)) {
    fail(
      `need a parameter ${CLIENT_STATE} of {${formatType(type)}}@CLIENTS`,
      parameter === undefined ? 'none' : formatType(parameter.type),
    );
  }
  if (!writes) return { parameter: parameter!, made: null, body };
  const entries = body.kind === 'struct' ? structEntries(body.type) : [];
  const at = entries.findIndex(([key]) => key === CLIENT_STATE);
  const elements = body.kind === 'struct' ? body.elements : [];
  const made = elements[at];
  if (made === undefined || !isAssignable(memberType(parameter!.type), memberType(made.type))) {
    fail(
      `need a part ${CLIENT_STATE} of its result, {${formatType(type)}}@CLIENTS`,
      formatType((made ?? body).type),
    );
  }
  const rest = entries.filter((_, index) => index !== at);
  return {
    parameter: parameter!,
    made: made!,
    body: {
      kind: 'struct',
      elements: elements.filter((_, index) => index !== at),
      type: struct(Object.fromEntries(rest.map(([key, part]) => [key as string, part]))),
    },
  };
}

/** The client state of a plan, without the phase that makes it. Its calls have salts from `firstSalt` on. */
export function initialClientState(
  action: string,
  source: ClientStateSource,
  firstSalt: number,
): Omit<ClientState, 'madeIn'> & { readonly calls: readonly Expression[] } {
  checkOptions(`${action}: clientState`, source, {
    initialize: (...[at, option, value]) =>
      checkKind(at, option, value, {
        need: 'a computation that gives a client its first state',
        fits: (given) => (given as { readonly kind?: unknown } | null)?.kind === 'federated-computation',
      }),
    whenLost: whenLostKind,
    finite: kinds.flag,
  });
  const { initialize, whenLost = 'restart', finite = false } = source;
  const body = inlineCalls(initialize.body);
  const calls = postorder(body).filter(({ kind }) => kind === 'intrinsic');
  const emitter = new Emitter([], new Map(calls.map((call, index) => [call, firstSalt + index])));
  return {
    type: memberType(initialize.type.result),
    initialize: emitter.build(emitter.emit(body)),
    whenLost,
    finite,
    calls,
  };
}
