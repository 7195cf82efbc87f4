// From totals to means: what the server reports of the cohort's totals.
import { localComputation } from '@starling/compute';
import type { LocalComputation } from '@starling/federated-core';
import type { Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';
import { meansOfTotals, totalsType } from './totals.js';

/**
 * totals → means over examples, and the number of examples. Means of no examples are NaN, so that no loss of 0 is taken
 * for the best one; on a client 0, since an update of NaN would be refused.
 */
export function meansWork(model: Model, at: 'SERVER' | 'CLIENTS' = 'SERVER'): LocalComputation {
  const ofNothing = at === 'SERVER' ? 'NaN' : 0;
  return localComputation(
    { totals: totalsType(model) },
    (argument) => meansOfTotals(model, (argument as { readonly totals: Tensors }).totals, ofNothing),
    { name: 'means' },
  );
}
