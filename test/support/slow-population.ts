// Clients that take their time, so that something can go wrong meanwhile.
import { setTimeout } from 'node:timers/promises';
import type { Population } from '@starling/population';

/** The same population, whose clients have their data `ms` milliseconds after it is asked for. */
export function slowPopulation(population: Population, ms: number): Population {
  return {
    ...population,
    async load(index) {
      await setTimeout(ms);
      return population.load(index);
    },
  };
}
