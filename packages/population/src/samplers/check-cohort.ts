// The one meaning of a cohort: a set of clients that exist, each with a name of its own. The round loop checks what a
// sampler gives before anything of the round runs, so that every runtime takes the same cohorts.
import { StarlingError } from '@starling/federated-core';
import { atLocation, describeValue, sourceLocation } from '@starling/federated-core/plan';
import type { Population } from '../populations/population.js';

/** A cohort that is not a set of clients of the population: `bad-cohort`. Nothing of the round has run. */
export class CohortError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('bad-cohort', message, options);
  }
}

/**
 * Throws a `CohortError` unless `cohort` is an array of different whole numbers from 0 to `size` − 1, and no two of
 * these clients have one name. Time and memory grow with the cohort, not with the population.
 */
export function checkCohort(
  cohort: readonly number[],
  population: Pick<Population, 'name' | 'size' | 'clientId'>,
): void {
  const { name, size } = population;
  if (!Array.isArray(cohort)) {
    throw refused(name, 'need an array of client indices', describeValue(cohort));
  }
  const seen = size <= LARGEST_MARKS && cohort.length > FEW * size ? new Uint8Array(size) : new Set<number>();
  for (let position = 0; position < cohort.length; position++) {
    const index: unknown = cohort[position];
    if (!(typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < size)) {
      const need = size === 0 ? 'no client, as there is none' : `whole numbers from 0 to ${size - 1}`;
      throw refused(name, `need ${need}`, `${describeValue(index)} at position ${position}`);
    }
    const isAgain = seen instanceof Set ? seen.has(index) : seen[index] === 1;
    if (isAgain) {
      const earlier = cohort.indexOf(index);
      throw refused(name, 'need each client once', `client ${index} at positions ${earlier} and ${position}`);
    }
    if (seen instanceof Set) seen.add(index);
    else seen[index] = 1;
  }
  checkNames(cohort, population);
}

/** A byte for each client of the population is cheaper than a set of those in the cohort, if these are not few. */
const FEW = 1 / 64;
const LARGEST_MARKS = 2 ** 26;

/** Populations of which a cohort was all clients, and no two of one name: they are not looked through again. */
const areNamed = new WeakSet<object>();

function checkNames(
  cohort: readonly number[],
  population: Pick<Population, 'name' | 'size' | 'clientId'>,
): void {
  if (areNamed.has(population)) return;
  const owners = new Map<string, number>();
  for (const index of cohort) {
    const id = population.clientId(index);
    const owner = owners.get(id);
    if (owner !== undefined) {
      const got = `'${id}' for clients ${owner} and ${index}`;
      throw refused(population.name, 'need clients of different names', got);
    }
    owners.set(id, index);
  }
  if (cohort.length === population.size) areNamed.add(population);
}

function refused(population: string, need: string, actual: string): CohortError {
  return new CohortError(
    `Cannot run a round with a cohort of ${population}: ${need}, got ${actual}${atLocation(sourceLocation())}`,
  );
}
