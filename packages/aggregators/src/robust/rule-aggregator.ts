// What aggregators by a rule over single updates have in common: no state, no measurements, and that they are
// revealing.
import type { AnyServerValue, ClientsValue } from '@starling/federated-core';
import type { Aggregator } from '../aggregator/aggregator.js';
import { stateless } from '../aggregator/stateless.js';

/** The aggregator whose result is what `combine` makes of the clients' values and weights. */
export function ruleAggregator(
  name: string,
  combine: (value: ClientsValue, weight: ClientsValue) => AnyServerValue,
): Aggregator {
  return {
    name,
    reveals: 'updates',
    sensitivity: null,
    create: (update) => stateless(name, update, ({ value, weight }) => combine(value, weight)),
  };
}
