// `federatedMax`: the largest of the clients' values, element by element.
import type { AnyClientsValue, ServerResult } from '../../expression/placed-values.js';
import type { Disclosure, Type } from '../../types/types.js';
import { applyIntrinsic } from '../framework/apply.js';
import type { AggregateIntrinsic } from '../framework/definition.js';
import { type IfEmpty, ifEmptyLeaves } from '../framework/if-empty.js';
import { checkedOptions } from '../framework/options.js';
import { referenceExtremum } from '../framework/reference.js';
import type { Summable } from '../framework/requirements.js';

export const federatedMaxDefinition: AggregateIntrinsic = {
  name: 'federatedMax',
  usage: 'federatedMax(value, { ifEmpty? })',
  role: 'aggregate',
  revealing: false,
  summary: 'The largest of the clients’ values, element by element.',
  signatures: ['({T}@CLIENTS -> T@SERVER)'],
  where: { T: 'summable' },
  edgeCases: 'No clients: the round fails, or gives `ifEmpty`. All must be of one shape, the empty included.',
  kinds: ['max'],
  reference: (call, lanes) => referenceExtremum(call, lanes, (next, best) => next > best),
};

/**
 * The largest of the clients' values, element by element. When no client reports, the round fails with an
 * `EmptyAggregateError`, or gives `ifEmpty`.
 */
export function federatedMax<M extends Type, D extends Disclosure>(
  value: AnyClientsValue<M, D> & Summable<M>,
  options: IfEmpty<M> = {},
): ServerResult<M, D> {
  return applyIntrinsic(
    federatedMaxDefinition,
    [value],
    ifEmptyLeaves(federatedMaxDefinition.name, value, checkedOptions('federatedMax', options, ['ifEmpty'])),
  );
}
