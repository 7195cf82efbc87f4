// Two sets of clients in one population, such as those that train and those on whom the model is tested: what a runtime
// is made ready for serves both.
import { formatType } from '@starling/federated-core';
import { checkIndex } from './check-index.js';
import { fingerprintOf } from './fingerprint.js';
import type { Population } from './population.js';
import { withoutHabits } from './without-habits.js';

/**
 * The clients of `first`, then those of `second`, by the names that they have: no two may have one name, which is
 * checked where they are of one cohort. Throws a `TypeError` if they hold data of two types.
 */
export function joinedPopulation(first: Population, second: Population): Population {
  const [type, other] = [formatType(first.dataType), formatType(second.dataType)];
  if (type !== other) {
    throw new TypeError(
      `Cannot join ${first.name} and ${second.name}: their clients must hold data of one type, got ${type} and ${other}`,
    );
  }
  const name = `${first.name}+${second.name}`;
  const size = first.size + second.size;
  const at = <T>(index: number, ask: (population: Population, own: number) => T): T => {
    checkIndex(name, size, index);
    return index < first.size ? ask(first, index) : ask(second, index - first.size);
  };
  const dataAtHand = first.dataAtHand !== false && second.dataAtHand !== false;
  const population = {
    name,
    size,
    dataType: first.dataType,
    clientId: (index: number) => at(index, (population, own) => population.clientId(own)),
    exampleCount: (index: number) => at(index, (population, own) => population.exampleCount(own)),
    load: (index: number) => at(index, (population, own) => population.load(own)),
    ...(dataAtHand ? {} : { dataAtHand }),
  };
  return withoutHabits({ ...population, fingerprint: () => fingerprintOf(population) });
}
