// From totals to means: what the server reports of the cohort's totals.
import { localComputation } from '@starling/compute';
import type { LocalComputation } from '@starling/federated-core';
import type { Model } from '../model/model.js';
import type { Tensors } from '../tensors/tensors.js';
import { meansOfTotals, totalsType } from './totals.js';

/** totals → means over examples, and the number of examples. */
export function meansWork(model: Model): LocalComputation {
  return localComputation(
    { totals: totalsType(model) },
    (argument) => meansOfTotals(model, (argument as { readonly totals: Tensors }).totals),
    { name: 'means' },
  );
}
