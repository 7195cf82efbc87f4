// What aggregators by a rule over single updates have in common: no state, no measurements, and that they are
// revealing.
import type { AnyServerValue, ClientsValue } from '@starling/federated-core';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { nothing } from '../aggregator/nothing.js';

/** The aggregator whose result is what `combine` makes of the clients' values and weights. */
export function ruleAggregator(
  name: string,
  combine: (value: ClientsValue, weight: ClientsValue) => AnyServerValue,
): Aggregator {
  return {
    name,
    reveals: 'updates',
    sensitivity: null,
    create: (update) =>
      aggregationOf({
        name,
        update,
        start: nothing,
        step: (state, { value, weight }) => ({
          state,
          result: combine(value, weight),
          measurements: nothing(),
        }),
      }),
  };
}
