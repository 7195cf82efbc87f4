// The template of everything that runs in rounds: a state, made once and handed from round to round.

import type { FederatedComputation } from '../computations/federated-computation.js';
import { kinds } from '../errors/check-kind.js';
import { checkOptions } from '../errors/check-option.js';
import { sourceLocation } from '../errors/source-location.js';
import type { Type } from '../types/types.js';
import type { HostOf, HostValue } from '../values/host-types.js';
import type { Value } from '../values/value.js';
import type { ValueOf } from '../values/value-types.js';
import type { FittingComputations } from './process-needs.js';
import { ProcessCheck } from './process-types.js';

/** The two computations of a process. */
export interface ProcessComputations<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> {
  readonly initialize: I;
  readonly next: N;
}

export interface IterativeProcess<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> extends ProcessComputations<I, N> {
  readonly kind: 'iterative-process';
  /** ( -> S@SERVER). */
  readonly initialize: I;
  /** (<state=S@SERVER, clients' data…> -> <state=S@SERVER,metrics=M@SERVER>). */
  readonly next: N;
  /** Whether a round whose new state holds a NaN or an infinity fails, so that the state before it stays. */
  readonly finiteState: boolean;
}

/** The state of a process, as `runRounds` gives it: `StateOf<typeof process>`. */
export type StateOf<P> = P extends { readonly initialize: FederatedComputation<Type | null, infer R> }
  ? ValueOf<R>
  : Value;

/** The metrics of a process, as `runRounds` gives them. */
export type MetricsOf<P> = P extends { readonly next: FederatedComputation<Type | null, infer R> }
  ? Type extends R
    ? HostValue
    : R extends { readonly elements: { readonly metrics: infer M } }
      ? HostOf<M>
      : R extends { readonly member: { readonly elements: { readonly metrics: infer M } } }
        ? HostOf<M>
        : HostValue
  : HostValue;

export interface IterativeProcessOptions {
  /** See `IterativeProcess`. False by default, since a state may well start at infinity, as a running minimum does. */
  readonly finiteState?: boolean;
}

/**
 * A process from its two computations. `next` takes the state as its parameter `state` and returns `{ state,
 * metrics }`. Throws a `TypeMismatchError` that shows both types when a state does not fit the next.
 */
export function iterativeProcess<I extends FederatedComputation, N extends FederatedComputation>(
  computations: FittingComputations<I, N, 'state' | 'metrics'>,
  options: IterativeProcessOptions = {},
): IterativeProcess<I, N> {
  const check = new ProcessCheck('an iterative process', sourceLocation());
  check.computations(computations, ['initialize', 'next']);
  checkOptions('Cannot make an iterative process', options, { finiteState: kinds.flag });
  const { initialize, next } = computations as ProcessComputations<I, N>;
  const { finiteState = false } = options;
  const { metrics } = check.resultsOf(next, check.stateOf(initialize), ['state', 'metrics']);
  check.atServer('metrics', metrics!);
  return { kind: 'iterative-process', initialize, next, finiteState };
}
