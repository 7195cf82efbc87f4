// The template of an aggregation with a state: how the updates of a cohort become one value at the server.

import { CLIENT_STATE } from '../compile/client-state.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { sourceLocation } from '../errors/source-location.js';
import { formatType } from '../types/format.js';
import type { ProcessComputations } from './process-computations.js';
import type { FittingComputations } from './process-needs.js';
import { ProcessCheck } from './process-types.js';

export interface AggregationProcess<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> extends ProcessComputations<I, N> {
  readonly kind: 'aggregation-process';
}

/**
 * An aggregation process: `next` takes `state`, `value` ({V}@CLIENTS) and, if it weights, `weight` ({float32}@CLIENTS),
 * and returns `{ state, result, measurements }`, all at the server. With `initializeClient` it takes `clientState`,
 * too, and returns it. Throws a `TypeMismatchError` with both types when they do not fit.
 */
export function aggregationProcess<
  I extends FederatedComputation,
  N extends FederatedComputation,
  K extends FederatedComputation = never,
>(computations: FittingComputations<I, K, N, 'result' | 'measurements'>): AggregationProcess<I, N> {
  const check = new ProcessCheck('an aggregation process', sourceLocation());
  check.computations(computations, ['initialize', 'next']);
  const process = computations as ProcessComputations<I, N>;
  const { initialize, initializeClient, next } = process;
  const results = check.partsOf(process, ['result', 'measurements']);
  check.atServer('the result', results['result']!);
  check.atServer('measurements', results['measurements']!);
  const value = next.parameters.find(({ name }) => name === 'value')?.type;
  if (value?.kind !== 'federated' || value.placement !== 'CLIENTS') {
    check.fail('next must take a parameter value at CLIENTS', formatType(next.type));
  }
  const taken = ['state', 'value', 'weight', ...(initializeClient === undefined ? [] : [CLIENT_STATE])];
  const surplus = next.parameters.find(({ name }) => !taken.includes(name as string));
  if (surplus !== undefined) check.fail('next must take state, value and weight alone', String(surplus.name));
  return {
    kind: 'aggregation-process',
    initialize,
    next,
    ...(initializeClient !== undefined && { initializeClient }),
  };
}
