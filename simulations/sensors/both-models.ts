// An evaluation of two models at once, on the readings that no mote trains on: the common one, and what each mote keeps
// of its own. Only sums leave the motes.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  type AnyServerValue,
  atClients,
  atServer,
  type FederatedComputation,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedZip,
  float32,
  sequence,
  struct,
} from '@starling/federated-core';
import { evaluationWork, type Model } from '@starling/learning';

const totals = struct({ loss: float32(), accuracy: float32(), examples: float32() });
const means = localComputation({ totals }, ({ totals: { loss, accuracy, examples } }) => ({
  loss: tf.div(loss, examples),
  accuracy: tf.div(accuracy, examples),
}));

/** `{ common, personal }`, each with `loss` and `accuracy`, means over all readings of `test`. */
export function bothModels(model: Model): FederatedComputation {
  const measure = evaluationWork({ model, batchSize: 256 });
  const measured = (weights: AnyClientsValue, data: AnyClientsValue): AnyServerValue =>
    federatedMap(means, { totals: federatedSum(federatedMap(measure, { weights, data })) });
  return federatedComputation(
    {
      model: atServer(model.weights),
      clientState: atClients(model.weights),
      test: atClients(sequence(model.example)),
    },
    ({ model: weights, clientState, test }) =>
      federatedZip({
        common: measured(federatedBroadcast(weights), test),
        personal: measured(clientState, test),
      }),
    { name: 'both models' },
  );
}
