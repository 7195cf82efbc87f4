// The weights in a state of learning: what stands below `model.`, without that.
import type { Tensor } from '@starling/federated-core';
import { UsageError } from '../errors/usage-error.js';

/** Under this name the state of a process of learning has its weights. */
const MODEL = 'model.';

/** Throws a `UsageError` if there are none. */
export function weightsIn(
  tensors: ReadonlyMap<string, Tensor>,
  from: string,
): { readonly [name: string]: Tensor } {
  const weights = [...tensors].filter(([name]) => name.startsWith(MODEL));
  if (weights.length > 0)
    return Object.fromEntries(weights.map(([name, each]) => [name.slice(MODEL.length), each]));
  throw new UsageError(
    `Cannot take weights from ${from}: need a state with a model, got ${[...tensors.keys()].slice(0, 5).join(', ') || 'an empty one'}`,
  );
}
