// The kind of a population, for doors that take one: runs, and clients.
import { type Check, dataKinds, hasMethods, ofKind } from '@starling/federated-core/plan';
import type { Population } from './population.js';

const shown: Check = ofKind({
  need: 'a population, which populationOf(…), partitionedPopulation(…) or generatedPopulation(…) makes',
  fits: (value) => hasMethods(value, ['clientId', 'load']),
});

/** The check of a population, for tables of options; also that it says what its clients hold. */
export const populationKind: Check = (action, option, value) => {
  shown(action, option, value);
  dataKinds.type(action, `dataType of ${option}`, (value as Population).dataType);
};
