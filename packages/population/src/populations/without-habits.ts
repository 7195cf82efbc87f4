// What a user does with a population as with a list of clients, and a population is not: its clients are numbered, and
// their data is asked for client by client.
import { optionError } from '@starling/federated-core/plan';
import type { Population } from './population.js';

const EACH = 'population.load(index), for index from 0 to population.size − 1';

/** What stands for a property of an array, by its name as the user writes it. */
const INSTEAD: Readonly<Record<string, string>> = {
  length: 'population.size',
  map: EACH,
  forEach: EACH,
  filter: EACH,
  reduce: EACH,
  find: EACH,
  at: 'population.load(index)',
  slice: 'splitPopulation, or a partitioner, which makes populations of parts',
  [Symbol.iterator]: EACH,
};

/** The same population, which says in words what it has not of an array. */
export function withoutHabits(population: Population): Population {
  for (const name of Reflect.ownKeys(INSTEAD)) {
    const written = typeof name === 'symbol' ? 'a loop over it, or a list made of it' : `.${name}`;
    Object.defineProperty(population, name, {
      configurable: true,
      get() {
        throw optionError(
          `Cannot take ${population.name} for an array: need ${INSTEAD[name as string]}, got ${written}`,
        );
      },
    });
  }
  return population;
}
