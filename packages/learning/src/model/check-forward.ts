// A model's forward pass, traced when the model is made, on shapes alone: so that a loss which gives no tensor, or
// layers that do not take the features, are an error of the line that made the model, and not of the algorithm that
// trains it.
import { localComputation } from '@starling/compute';
import {
  formatType,
  struct,
  structEntries,
  type TensorType,
  type Type,
  tensorType,
} from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import type { Batch, Model } from './model.js';

/** Examples of the batch that is traced: a number that no axis is likely to have. */
const EXAMPLES = 7;

/** Throws what goes wrong in a pass, with the user's line, and a `RangeError` where examples are no tensors. */
export function checkForward(model: Model): void {
  const action = `Cannot make ${model.name}`;
  const batch = batchOf(action, model.example);
  localComputation(
    { weights: model.weights, batch },
    (given) => {
      const { losses, metrics } = model.forward(given.weights, given.batch as Batch, { training: false });
      return { losses, ...metrics };
    },
    { name: model.name },
  );
}

/** The type of a batch of examples of `type`. */
function batchOf(action: string, type: Type, at = 'example'): Type {
  if (type.kind === 'tensor') return batchOfTensors(action, type, at);
  if (type.kind !== 'struct') {
    throw optionError(`${action}: ${at} must be a tensor, or a struct of tensors, got ${formatType(type)}`);
  }
  const parts = structEntries(type).map(
    ([name, part], index) =>
      [name ?? String(index), batchOf(action, part, `${at}.${name ?? index}`)] as const,
  );
  return struct(Array.isArray(type.elements) ? parts.map(([, part]) => part) : Object.fromEntries(parts));
}

function batchOfTensors(action: string, { dtype, shape }: TensorType, at: string): TensorType {
  const isKnown = shape.every((size) => size !== null);
  if (isKnown && dtype !== 'float64' && dtype !== 'int64') return tensorType(dtype, [EXAMPLES, ...shape]);
  const need = isKnown ? 'of float32, int32, uint8, bool or string' : 'of a known shape';
  throw optionError(`${action}: ${at} must be ${need}, got ${formatType({ kind: 'tensor', dtype, shape })}`);
}
