// The state of an aggregator that has none, and the measurements of one that measures nothing.
import { federatedValue, type ServerValue, struct } from '@starling/federated-core';

/** A struct without fields, at the server. */
export function nothing(): ServerValue {
  return federatedValue({}, 'SERVER', struct({}));
}
