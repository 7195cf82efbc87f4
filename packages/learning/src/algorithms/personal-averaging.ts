// Federated averaging of a model some of whose weights stay with each client: what FedPer and FedBN are, each by its
// choice of weights; and the evaluation of what clients then have.
import type { FederatedComputation, KeepingProcess } from '@starling/federated-core';
import { personalWork } from '../client-work/personal-work.js';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import type { LearningProcess } from '../compose/learning-types.js';
import { type ModelParts, modelParts, type PersonalWeights } from '../models/model-parts.js';
import { type AlgorithmOptions, commonOf, trainingOf } from './algorithm-options.js';

/** A process whose clients keep weights of their own; its `model` is that of the weights in common. */
export type PersonalProcess = LearningProcess &
  Pick<KeepingProcess, 'initializeClient' | 'whenLost'> & {
    /** The whole model, and which part of it is whose. */
    readonly parts: ModelParts;
  };

export function personalAveraging(
  name: string,
  action: string,
  options: AlgorithmOptions,
  personal: PersonalWeights,
): PersonalProcess {
  const parts = modelParts(action, options.model, personal);
  const process = learningProcess({
    ...commonOf(options),
    name,
    model: parts.shared,
    clientWork: personalWork(trainingWork(trainingOf(options, options.clientOptimizer)), parts),
  });
  const { initializeClient, whenLost } = process as unknown as KeepingProcess<
    FederatedComputation,
    FederatedComputation
  >;
  return { ...process, initializeClient, whenLost, parts };
}
