// Norms of updates and of their aggregate, for the log: of an update that grows or a clip that is too tight they tell
// first. The server learns the mean norm over clients, as a mean, and no client's own.
import { localComputation, type TensorStructure } from '@starling/compute';
import {
  clientStartOf,
  federatedMap,
  federatedMean,
  federatedZip,
  startOf,
  stepOf,
} from '@starling/federated-core';
import { checkOptions } from '@starling/federated-core/plan';
import { type Aggregator, aggregationOf } from '../aggregator/aggregator.js';
import { aggregationBy, aggregatorKind } from '../aggregator/aggregator-kind.js';
import { wrapperFacts } from '../aggregator/wrapper-facts.js';
import { normOf } from '../structures/norm-of.js';

/**
 * `inner`, and measurements: `clientNorm`, the mean of the L2 norms of the clients' updates, each counting 1 (0 without
 * clients), and `serverNorm`, that of the aggregate. It has no options.
 */
export function measured(inner: Aggregator, options: Readonly<Record<string, never>> = {}): Aggregator {
  aggregatorKind('Cannot measure updates', 'the aggregator of measured updates', inner);
  checkOptions('Cannot measure updates', options, {});
  const name = `measured ${inner.name}`;
  return {
    name,
    ...wrapperFacts(inner),
    create(update) {
      const process = aggregationBy(inner, update);
      const norm = localComputation(
        { value: update },
        (argument) => normOf((argument as { readonly value: TensorStructure }).value, 2),
        { name: 'norm' },
      );
      return aggregationOf({
        name,
        update,
        start: () => startOf(process),
        startClient: clientStartOf(process),
        step: (before, { value, weight, clientState }) => {
          const step = stepOf(process, before, { value, weight, clientState });
          const clientNorm = federatedMean(federatedMap(norm, { value }), { ifEmpty: 0 });
          const serverNorm = federatedMap(norm, { value: step.result });
          return {
            ...step,
            measurements: federatedZip({ clientNorm, serverNorm, inner: step.measurements }),
          };
        },
      });
    },
  };
}
