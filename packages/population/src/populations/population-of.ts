// A population whose clients' data is at hand: for tests, for small examples, and for datasets that come already
// cut by client.
import type { Type, Value } from '@starling/federated-core';
import { checkIndex } from './check-index.js';
import { countExamples } from './examples.js';
import { fingerprintOf } from './fingerprint.js';
import type { Population } from './population.js';

/**
 * A population with one client for each of `values`, which are of type `dataType`. Clients are called
 * `client-0`, `client-1`, … unless `clientIds` names them.
 */
export function populationOf(
  values: readonly Value[],
  dataType: Type,
  options: { readonly name?: string; readonly clientIds?: readonly string[] } = {},
): Population {
  const { name = 'population', clientIds = values.map((_, index) => `client-${index}`) } = options;
  if (clientIds.length !== values.length || new Set(clientIds).size !== values.length) {
    throw new RangeError(
      `Cannot make ${name}: need ${values.length} different client ids, got ${new Set(clientIds).size} of ${clientIds.length}`,
    );
  }
  const check = (index: number): void => checkIndex(name, values.length, index);
  const population = {
    name,
    size: values.length,
    dataType,
    clientId: (index: number) => {
      check(index);
      return clientIds[index] as string;
    },
    exampleCount: (index: number) => {
      check(index);
      return countExamples(dataType, values[index] as Value);
    },
    load: (index: number) => {
      check(index);
      return values[index] as Value;
    },
  };
  return { ...population, fingerprint: () => fingerprintOf(population) };
}
