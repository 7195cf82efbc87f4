// The kind of an aggregator, for doors that take one: federated averaging, and wrappers of others.
import type { AggregationProcess, Type } from '@starling/federated-core';
import { type Check, checkKind, hasMethods, ofKind } from '@starling/federated-core/plan';
import type { Aggregator } from './aggregator.js';

/**
 * What `aggregator` creates for updates of type `update`; throws a `RangeError` unless it is an aggregation process.
 */
export function aggregationBy(aggregator: Aggregator, update: Type): AggregationProcess {
  const process = aggregator.create(update);
  checkKind(`Cannot aggregate by ${aggregator.name}`, 'what create returns', process, {
    need: 'an aggregation process, which aggregationOf(…) makes',
    fits: (value) =>
      (value as { readonly kind?: unknown } | null | undefined)?.kind === 'aggregation-process',
  });
  return process;
}

/** The check of an aggregator, for tables of options. */
export const aggregatorKind: Check = ofKind({
  need: 'an aggregator, such as meanAggregator()',
  fits: (value) => hasMethods(value, ['create']),
  advice: (value) =>
    (value as { readonly kind?: unknown } | null)?.kind === 'aggregation-process'
      ? 'Give what makes it of the type of an update: { name, create: (update) => … }'
      : null,
});
