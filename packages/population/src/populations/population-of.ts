// A population whose clients' data is at hand: for tests, for small examples, and for datasets that come already
// cut by client.
import { type Type, type Value, ValueError } from '@starling/federated-core';
import {
  atLocation,
  checkKind,
  checkOptions,
  checkValue,
  dataKinds,
  isType,
  kinds,
  optionError,
  sourceLocation,
} from '@starling/federated-core/plan';
import { checkIndex } from './check-index.js';
import { countExamples } from './examples.js';
import { fingerprintOf } from './fingerprint.js';
import type { Population } from './population.js';
import { withoutHabits } from './without-habits.js';

/**
 * A population with one client for each of `values`, which are of type `dataType`. Clients are called
 * `client-0`, `client-1`, … unless `clientIds` names them. Throws a `ValueError` that names the client whose value is
 * of another type: plain arrays are made values by `toValue`.
 */
export function populationOf(
  values: readonly Value[],
  dataType: Type,
  options: { readonly name?: string; readonly clientIds?: readonly string[] } = {},
): Population {
  checkValues(values);
  dataKinds.type(ACTION, 'dataType', dataType);
  checkOptions(ACTION, options, { name: kinds.text, clientIds: kinds.list });
  const { name = 'population', clientIds = values.map((_, index) => `client-${index}`) } = options;
  if (clientIds.length !== values.length || new Set(clientIds).size !== values.length) {
    throw optionError(
      `Cannot make ${name}: need ${values.length} different client ids, got ${new Set(clientIds).size} of ${clientIds.length}`,
    );
  }
  clientIds.forEach((id, index) => {
    kinds.text(`Cannot make ${name}`, `clientIds[${index}]`, id);
    checkData(name, id, dataType, values[index] as Value);
  });
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
  return withoutHabits({ ...population, fingerprint: () => fingerprintOf(population) });
}

const ACTION = 'Cannot make a population';

function checkValues(values: unknown): void {
  checkKind(ACTION, 'values', values, {
    need: 'an array with the data of each client',
    fits: Array.isArray,
    advice: (value) => (isType(value) ? 'The data comes first, then its type' : null),
  });
}

/** Floats are not read, so that data of any size costs nothing. */
function checkData(name: string, client: string, type: Type, value: Value): void {
  try {
    checkValue(type, value);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    const reason = error.message.replace(/^Cannot take a value of /, `${client} must hold `);
    throw new ValueError(
      error.path,
      `Cannot make ${name}: ${reason}. Of plain JavaScript toValue(dataType, …) makes it${atLocation(sourceLocation())}`,
      { cause: error },
    );
  }
}
