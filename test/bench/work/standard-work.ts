// The standard work as Starling runs it: 10 of 200 clients a round, one local epoch, SGD 0.1, updates weighted by
// examples, server rate 1, and no evaluation.
import type { IterativeProcess } from '@starling/federated-core';
import { federatedAveraging, sgd } from '@starling/learning';
import { type CohortSampler, type Population, uniformSampler } from '@starling/population';
import type { ModelName } from '../configuration.js';
import { standardModel } from './models.js';
import { standardPopulation } from './standard-data.js';
import { textPopulation } from './text-data.js';

export const COHORT = 10;
/** One lane for each of two threads. */
export const LANE_SIZE = COHORT / 2;
export const IMAGE_BATCH = 20;
const TEXT_BATCH = 4;
export const LEARNING_RATE = 0.1;

/** The population that a model of that name trains on; made anew at each call. */
export function workPopulation(model: ModelName): Population {
  return model === 'lstm' ? textPopulation() : standardPopulation();
}

/** Federated averaging of the model of that name. */
export function workProcess(model: ModelName): IterativeProcess {
  return federatedAveraging({
    model: standardModel(model),
    clientOptimizer: sgd({ learningRate: LEARNING_RATE }),
    batchSize: model === 'lstm' ? TEXT_BATCH : IMAGE_BATCH,
  });
}

export function workSampler(cohortSize = COHORT): CohortSampler {
  return uniformSampler({ cohortSize });
}
