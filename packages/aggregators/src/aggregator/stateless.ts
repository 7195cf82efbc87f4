// The process of an aggregator that keeps nothing from round to round and measures nothing: a result is all it gives.
import type { AggregationProcess, AnyServerValue, Type } from '@starling/federated-core';
import { type AggregationInput, aggregationOf } from './aggregator.js';
import { nothing } from './nothing.js';

/** The process whose result is what `combine` makes of the clients' values and weights. */
export function stateless(
  name: string,
  update: Type,
  combine: (input: AggregationInput) => AnyServerValue,
): AggregationProcess {
  return aggregationOf({
    name,
    update,
    start: nothing,
    step: (state, input) => ({ state, result: combine(input), measurements: nothing() }),
  });
}
