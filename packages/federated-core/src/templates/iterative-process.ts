// The template of everything that runs in rounds: a state, made once and handed from round to round.
import { sourceLocation } from '../errors/source-location.js';
import type { FederatedComputation } from '../expression/federated-computation.js';
import { ProcessCheck } from './process-types.js';

/** The two computations of a process. */
export interface ProcessComputations {
  readonly initialize: FederatedComputation;
  readonly next: FederatedComputation;
}

export interface IterativeProcess extends ProcessComputations {
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
export function iterativeProcess({ initialize, next }: ProcessComputations): IterativeProcess {
  const check = new ProcessCheck('an iterative process', sourceLocation());
  const { metrics } = check.resultsOf(next, check.stateOf(initialize), ['state', 'metrics']);
  check.atServer('metrics', metrics!);
  return { kind: 'iterative-process', initialize, next };
}
