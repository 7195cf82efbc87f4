// What a sampler is asked for, checked where a script asks by itself: with a round and a size in place of a request, a
// sampler would draw from a population of undefined clients.
import { describeValue, optionError } from '@starling/federated-core/plan';
import type { CohortRequest, CohortSampler } from './sampler.js';

const NEED = 'a request { round, seed, populationSize }';

/** The same `sample`, which throws a `RangeError` for what is no request. */
export function askedFor(sample: CohortSampler['sample']): CohortSampler['sample'] {
  return (request) => {
    checkRequest(request);
    return sample(request);
  };
}

function checkRequest(request: CohortRequest): void {
  const refuse = (need: string, got: unknown, advice = ''): RangeError =>
    optionError(`Cannot sample a cohort: need ${need}, got ${describeValue(got)}${advice}`);
  if (typeof request !== 'object' || request === null) {
    throw refuse(
      NEED,
      request,
      '. Write sample({ round: 1, seed: seedFrom(1), populationSize: population.size })',
    );
  }
  const { round, populationSize } = request; // a seed that is none is refused where it is drawn from
  if (!isWhole(round)) throw refuse(`${NEED}, round a whole number`, round);
  if (!isWhole(populationSize) || populationSize < 0) {
    throw refuse(`${NEED}, populationSize a whole number >= 0, such as population.size`, populationSize);
  }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
