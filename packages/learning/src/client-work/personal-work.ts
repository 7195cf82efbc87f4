// Client work on a model some of whose weights stay with each client: what a client trains is the whole of what it
// received and what it kept, and what it sends is the change of the common part alone.
import { localComputation, tf } from '@starling/compute';
import {
  type AnyClientsValue,
  clientStartOf,
  type FederatedType,
  federatedMap,
  federatedValue,
  federatedZip,
  field,
  formatType,
  type LocalComputation,
  startOf,
  stepOf,
  type Type,
} from '@starling/federated-core';
import { isAssignable, optionError } from '@starling/federated-core/plan';
import type { ModelParts } from '../models/model-parts.js';
import { type ClientWork, workOf } from '../parts/client-work.js';
import { clientTypes, created, memberAt } from '../parts/created-parts.js';
import { mapTensors, pickTensors, type Tensors } from '../tensors/tensors.js';

/**
 * `inner`, which must send a change of the weights, for `parts.shared`. What each client keeps is `{ own }`, its own
 * weights, which begin as those of the model, and `inner`, if that keeps something, too.
 */
export function personalWork(inner: ClientWork, parts: ModelParts): ClientWork {
  const { whole, shared, own } = parts;
  const name = `${inner.name} of a part`;
  return {
    name,
    create() {
      const process = created(inner, 'workOf', inner.create(whole));
      const sent = memberAt(inner, process, ['result', 'value'], 'CLIENTS');
      if (!isAssignable(whole.weights, sent)) {
        throw optionError(
          `Cannot keep a part of ${whole.name} at its clients: need ${inner.name} to send a change of its weights, ${formatType(whole.weights)}, got ${formatType(sent)}`,
        );
      }
      const held = Object.entries(clientTypes(process)).map(
        ([holds, type]) => [holds, (type as FederatedType).member as Type] as const,
      );
      const innerStart = clientStartOf(process);
      const join = wholeOf(parts);
      const split = partsOf(parts);
      return workOf({
        name,
        model: shared,
        held: Object.fromEntries(held),
        start: () => startOf(process),
        startClient: () =>
          federatedZip({
            own: federatedValue(own.initial, 'CLIENTS', own.type),
            ...(innerStart && { inner: innerStart() }),
          }) as AnyClientsValue,
        step: (before, { weights, clientState, ...data }) => {
          const of = (part: string) => field(clientState as AnyClientsValue, part) as AnyClientsValue;
          const received = federatedMap(join, { weights, own: of('own') } as never);
          const done = stepOf(process, before, {
            ...data,
            weights: received as AnyClientsValue,
            ...(innerStart && { clientState: of('inner') }),
          });
          const changed = federatedMap(split, {
            own: of('own'),
            change: field(done.result, 'value'),
          } as never) as AnyClientsValue;
          return {
            state: done.state,
            clientState: federatedZip({
              own: field(changed, 'own') as AnyClientsValue,
              ...(done.clientState && { inner: done.clientState }),
            }) as AnyClientsValue,
            result: {
              value: field(changed, 'sent') as AnyClientsValue,
              weight: field(done.result, 'weight') as AnyClientsValue,
            },
            measurements: done.measurements,
          };
        },
      });
    },
  };
}

/** (weights, own) → the weights of the whole model. */
export function wholeOf({ whole, shared, own }: ModelParts): LocalComputation {
  return localComputation(
    { weights: shared.weights, own: own.type },
    (given) => {
      const { weights, own } = given as { readonly weights: Tensors; readonly own: Tensors };
      return pickTensors({ ...weights, ...own }, Object.keys(whole.initialWeights));
    },
    { name: 'common and own weights', result: whole.weights },
  ) as LocalComputation;
}

/** (own, change) → what is sent of the change, and what the client's own weights are after it. */
function partsOf({ whole, shared, own: { type, initial } }: ModelParts): LocalComputation {
  return localComputation(
    { own: type, change: whole.weights },
    (given) => {
      const { own, change } = given as { readonly own: Tensors; readonly change: Tensors };
      return {
        sent: pickTensors(change, Object.keys(shared.initialWeights)),
        own: mapTensors(tf.add, own, pickTensors(change, Object.keys(initial))),
      };
    },
    { name: 'sent and own changes' },
  ) as LocalComputation;
}
