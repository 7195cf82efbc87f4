// Evaluation of personal models where they are: each client measures its own on its own examples, and sums of that go
// up.
import {
  type AnyClientsValue,
  atClients,
  atServer,
  type FederatedComputation,
  type FederatedType,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  field,
  type SymbolicValue,
  sequence,
} from '@starling/federated-core';
import { checkOptions, count, ofKind, optionError } from '@starling/federated-core/plan';
import { wholeOf } from '../client-work/personal-work.js';
import { evaluationWork } from '../evaluation/evaluation-work.js';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import { meansWork } from '../work/means-work.js';
import type { PersonalProcess } from './personal-averaging.js';

export interface PersonalEvaluationOptions {
  /** Where clients keep a whole model, as those of `ditto` do. */
  readonly model?: Model;
  /** Where clients keep a part of one: what `fedPer` or `fedBN` has made. */
  readonly process?: PersonalProcess;
  /** Examples evaluated at once; 100 by default. */
  readonly batchSize?: number;
}

/**
 * An evaluation of what clients have, each on its own examples: the same means as `federatedEvaluation`. For the
 * evaluation of a run: `{ every: 10, computation: personalEvaluation({ process }) }`. Throws a `RangeError` unless it
 * is given either `model` or `process`.
 */
export function personalEvaluation(options: PersonalEvaluationOptions): FederatedComputation {
  checkOptions(ACTION, options, { model: modelKind, process: processKind, batchSize: count });
  const { model, process, batchSize = 100 } = options;
  if (model !== undefined && process === undefined) return ofWhole(model, batchSize);
  if (process !== undefined && model === undefined) return ofParts(process, batchSize);
  throw optionError(`${ACTION}: need either model or process, got ${model ? 'both' : 'neither'}`);
}

const ACTION = 'Cannot evaluate personal models';

const processKind = ofKind({
  need: 'a process whose clients keep weights of their own, such as fedPer({ … })',
  fits: (value) => (value as Partial<PersonalProcess> | null)?.parts?.own !== undefined,
});

function ofWhole(model: Model, batchSize: number): FederatedComputation {
  const evaluate = evaluationWork({ model, batchSize });
  return federatedComputation(
    { clientState: atClients(model.weights), data: atClients(sequence(model.example)) },
    ({ clientState, data }) => {
      const totals = federatedSum(federatedMap(evaluate, { weights: clientState, data }));
      return federatedMap(meansWork(model), { totals });
    },
    { name: 'personal evaluation' },
  );
}

function ofParts({ parts, initializeClient }: PersonalProcess, batchSize: number): FederatedComputation {
  const { whole, shared } = parts;
  const evaluate = evaluationWork({ model: whole, batchSize });
  const join = wholeOf(parts);
  const kept = (initializeClient.type.result as FederatedType).member;
  return federatedComputation(
    {
      model: atServer(shared.weights),
      clientState: atClients(kept),
      data: atClients(sequence(whole.example)),
    },
    (given) => {
      const { model, clientState, data } = given as unknown as { readonly [name: string]: SymbolicValue };
      const own = field(field(clientState!, 'clientWork'), 'own') as AnyClientsValue;
      const weights = federatedMap(join, { weights: federatedBroadcast(model as never), own } as never);
      const totals = federatedSum(federatedMap(evaluate, { weights, data } as never) as AnyClientsValue);
      return federatedMap(meansWork(whole), { totals });
    },
    { name: 'personal evaluation' },
  ) as FederatedComputation;
}
