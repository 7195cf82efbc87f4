// The template of everything that runs in rounds: a state, made once and handed from round to round.

import { atLocation, sourceLocation } from '../errors/source-location.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import type { FederatedComputation } from '../expression/federated-computation.js';
import { formatType } from '../types/format.js';
import { isAssignable } from '../types/relations.js';
import { structEntries, type Type } from '../types/types.js';

export interface IterativeProcess {
  readonly kind: 'iterative-process';
  /** ( -> S@SERVER). */
  readonly initialize: FederatedComputation;
  /** (<state=S@SERVER, clients' data…> -> <state=S@SERVER,metrics=M@SERVER>). */
  readonly next: FederatedComputation;
}

/**
 * A process from its two computations. `next` takes the state as its parameter `state` and returns `{ state,
 * metrics }`. Throws a `TypeMismatchError` that shows both types where a state does not fit the next.
 */
export function iterativeProcess({
  initialize,
  next,
}: {
  readonly initialize: FederatedComputation;
  readonly next: FederatedComputation;
}): IterativeProcess {
  const location = sourceLocation();
  const fail = (need: string, got: string): never => {
    throw new TypeMismatchError(
      `Cannot make an iterative process: ${need}, got ${got}${atLocation(location)}`,
    );
  };
  if (initialize.type.parameter !== null) {
    fail('initialize must take no parameter', formatType(initialize.type));
  }
  const state = initialize.type.result;
  if (state.kind !== 'federated' || state.placement !== 'SERVER') {
    fail('initialize must give a state at SERVER', formatType(state));
  }
  const taken = next.parameters.find(({ name }) => name === 'state');
  if (taken === undefined || !isAssignable(taken.type, state)) {
    fail(
      `next must take a parameter state of ${formatType(state)}`,
      taken === undefined ? formatType(next.type) : formatType(taken.type),
    );
  }
  const results: ReadonlyMap<string | null, Type> = new Map(
    next.type.result.kind === 'struct' ? structEntries(next.type.result) : [],
  );
  const given = results.get('state');
  const metrics = results.get('metrics');
  if (results.size !== 2 || given === undefined || metrics === undefined) {
    fail('next must return { state, metrics }', formatType(next.type.result));
  } else if (!isAssignable(taken!.type, given)) {
    fail(`next must return a state of ${formatType(taken!.type)}`, formatType(given));
  }
  return { kind: 'iterative-process', initialize, next };
}
