// The template of everything that runs in rounds: a state, made once and handed from round to round; and, where a
// process has one, a state of each client, which that client keeps.

import { whenLostKind } from '../compile/client-state.js';
import type { CompileOptions } from '../compile/compile-plan.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { kinds } from '../errors/check-kind.js';
import { checkOptions } from '../errors/check-option.js';
import { sourceLocation } from '../errors/source-location.js';
import type { WhenLost } from '../plan/round-plan.js';
import type { Type } from '../types/types.js';
import type { HostOf, HostValue } from '../values/host-types.js';
import type { Value } from '../values/value.js';
import type { ValueOf } from '../values/value-types.js';
import type { ProcessComputations } from './process-computations.js';
import type { FittingComputations } from './process-needs.js';
import { ProcessCheck } from './process-types.js';

export interface IterativeProcess<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> extends ProcessComputations<I, N> {
  readonly kind: 'iterative-process';
  /** ( -> S@SERVER). */
  readonly initialize: I;
  /** (<state=S@SERVER, clients' data…> -> <state=S@SERVER,metrics=M@SERVER>); see `initializeClient`. */
  readonly next: N;
  /** What becomes of a client that has lost its state: left out where clients keep none. */
  readonly whenLost?: WhenLost;
  /** Whether a round whose new state holds a NaN or an infinity fails, so that the state before it stays. */
  readonly finiteState: boolean;
}

/** A process whose clients keep a state. */
export interface KeepingProcess<
  I extends FederatedComputation = FederatedComputation,
  K extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> extends IterativeProcess<I, N> {
  readonly initializeClient: K;
  readonly whenLost: WhenLost;
}

/** Nothing is inferred from it: whether clients keep a state is said by the computations alone. */
type ProcessOf<
  I extends FederatedComputation,
  K extends FederatedComputation,
  N extends FederatedComputation,
> = [K] extends [infer Given extends FederatedComputation]
  ? [Given] extends [never]
    ? IterativeProcess<I, N>
    : KeepingProcess<I, Given, N>
  : never;

/** The state of a process, as `runRounds` gives it: `StateOf<typeof process>`. */
export type StateOf<P> = P extends { readonly initialize: FederatedComputation<Type | null, infer R> }
  ? ValueOf<R>
  : Value;

/** What each client of a process keeps; `never` where clients keep nothing. */
export type ClientStateOf<P> = P extends {
  readonly initializeClient: FederatedComputation<Type | null, infer R>;
}
  ? ValueOf<R>
  : never;

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
  /**
   * See `IterativeProcess`; a client whose own new state holds one is rejected. False by default, since a state may
   * well start at infinity, as a running minimum does.
   */
  readonly finiteState?: boolean;
  /**
   * What becomes of a client that no longer holds its state, as on a new disk: `restart` (the default) lets it begin
   * with its first state again, `sit-out` has rounds go on without it. The record of the run says who it was.
   */
  readonly whenLost?: WhenLost;
}

/**
 * A process from its computations. `next` takes the state as its parameter `state` and returns `{ state, metrics }`.
 * With `initializeClient` each client keeps a state, too: `next` takes it as `clientState` and returns `{ state,
 * clientState, metrics }`. Throws a `TypeMismatchError` that shows both types when a state does not fit the next.
 */
export function iterativeProcess<
  I extends FederatedComputation,
  N extends FederatedComputation,
  K extends FederatedComputation = never,
>(
  computations: FittingComputations<I, K, N, 'metrics'>,
  options: IterativeProcessOptions = {},
): ProcessOf<I, K, N> {
  const check = new ProcessCheck('an iterative process', sourceLocation());
  check.computations(computations, ['initialize', 'next']);
  checkOptions('Cannot make an iterative process', options, {
    finiteState: kinds.flag,
    whenLost: whenLostKind,
  });
  const { initialize, initializeClient, next } = computations as ProcessComputations<I, N>;
  const { finiteState = false, whenLost } = options;
  const { metrics } = check.partsOf(computations as ProcessComputations, ['metrics']);
  check.atServer('metrics', metrics!);
  const process = { kind: 'iterative-process', initialize, next, finiteState } as const;
  if (initializeClient === undefined) {
    if (whenLost !== undefined) check.fail('whenLost is of what clients keep: need initializeClient', 'none');
    return process as IterativeProcess<I, N> as ProcessOf<I, K, N>;
  }
  const keeping: KeepingProcess = { ...process, initializeClient, whenLost: whenLost ?? 'restart' };
  return keeping as ProcessOf<I, K, N>;
}

/** How a process whose clients keep a state is compiled: `compilePlan(process.next, clientStateOptions(process))`. */
export function clientStateOptions(
  process: Pick<IterativeProcess, 'initializeClient' | 'whenLost' | 'finiteState'>,
): Pick<CompileOptions, 'clientState'> {
  const { initializeClient: initialize, whenLost = 'restart', finiteState: finite } = process;
  return initialize === undefined ? {} : { clientState: { initialize, whenLost, finite } };
}
