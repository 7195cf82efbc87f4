// How many clients are there: what a pipeline asks of nobody in particular, for those that load it before a node runs.
import { localComputation, tf } from '@starling/compute';
import {
  atClients,
  type FederatedComputation,
  federatedComputation,
  federatedMap,
  federatedSum,
  type Type,
} from '@starling/federated-core';

export function presence(data: Type): FederatedComputation {
  const one = localComputation({ data }, () => tf.scalar(1, 'int32'), { name: 'one' });
  return federatedComputation(
    { data: atClients(data) },
    ({ data: held }) => federatedSum(federatedMap(one as never, { data: held } as never)) as never,
    {
      name: 'presence',
    },
  ) as unknown as FederatedComputation;
}
