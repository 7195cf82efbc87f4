// A process that starts from weights that were trained elsewhere; all else of it is as it was.
import {
  type AnyServerValue,
  call,
  federatedComputation,
  federatedValue,
  federatedZip,
  field,
  type IterativeProcess,
  iterativeProcess,
  type Tensor,
} from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { checkWeights } from '../model/check-weights.js';
import type { Model } from '../model/model.js';

/** Names of the weights in the state of a process. Throws a `RangeError` if it has none. */
export function weightNames(process: IterativeProcess): readonly string[] {
  return Object.keys(modelIn(process).type.elements);
}

/**
 * The same process with other first weights: the other parts of its state start as they did. Throws a `RangeError` that
 * has both lists if the weights are not those of its model, and if its state has none.
 */
export function withInitialWeights<P extends IterativeProcess>(
  process: P,
  weights: { readonly [name: string]: Tensor },
): P {
  const { initialize, initializeClient, next, finiteState, whenLost } = process;
  const { fields, type } = modelIn(process);
  checkWeights('Cannot start from given weights', { weights: type }, weights);
  const ordered = Object.fromEntries(
    Object.keys(type.elements).map((name) => [name, weights[name] as Tensor<'float32'>]),
  );
  const started = federatedComputation(
    null,
    () => {
      const before = call(initialize) as AnyServerValue;
      const parts = Object.keys(fields).map((part) => [
        part,
        part === 'model' ? federatedValue(ordered, 'SERVER', type) : field(before, part),
      ]);
      return federatedZip(Object.fromEntries(parts));
    },
    { name: `${initialize.name} from given weights` },
  );
  return {
    ...process,
    ...iterativeProcess(
      { initialize: started, next, ...(initializeClient !== undefined && { initializeClient }) } as never,
      { finiteState, ...(whenLost !== undefined && { whenLost }) },
    ),
  } as unknown as P;
}

function modelIn({ initialize }: IterativeProcess): {
  readonly fields: { readonly [part: string]: unknown };
  readonly type: Model['weights'];
} {
  const { result } = initialize.type;
  const state = result.kind === 'federated' ? result.member : result;
  const elements = state.kind === 'struct' ? state.elements : {};
  const fields = (Array.isArray(elements) ? {} : elements) as { readonly [part: string]: unknown };
  const type = fields['model'] as Model['weights'] | undefined;
  if (type?.kind === 'struct') return { fields, type };
  throw optionError('Cannot start from given weights: need a process whose state has a model, got another');
}
