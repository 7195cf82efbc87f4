// What a model starts from: an infinite or undefined weight would have every client refused, round after round, for a
// reason that none of them can name.
import type { Tensor } from '@starling/federated-core';
import {
  checkKind,
  isTensor,
  type Kind,
  optionError,
  partsFault,
  plainVectors,
} from '@starling/federated-core/plan';

const FLOATS: Kind = {
  need: "a float32 tensor, such as tensor('float32', [2], Float32Array.of(0, 0))",
  fits: (value) => isTensor(value) && value.dtype === 'float32',
  advice: (value) => {
    const { dataId, shape } = (value ?? {}) as {
      readonly dataId?: unknown;
      readonly shape?: readonly number[];
    };
    if (typeof dataId === 'object')
      return `Take its numbers: tensor('float32', [${shape}], Float32Array.from(x.dataSync()))`;
    if (isTensor(value) && value.dtype === 'float64') return 'Round it: Float32Array.from(data)';
    return null;
  },
};

/** Throws a `RangeError` that names the weight unless all are float32 and finite. */
export function checkInitialWeights(
  model: string,
  weights: { readonly [name: string]: Tensor },
): asserts weights is { readonly [name: string]: Tensor<'float32'> } {
  for (const [name, weight] of Object.entries(weights)) {
    checkKind(`Cannot make ${model}`, `initial weight '${name}'`, weight, FLOATS);
    const fault = partsFault(weight);
    if (fault !== null) {
      throw optionError(
        `Cannot make ${model}: initial weight '${name}' must have ${fault.need}, got ${fault.got}`,
      );
    }
    const { data } = weight;
    if (plainVectors.areFinite(data as Float32Array)) continue;
    const at = (data as Float32Array).findIndex((value) => !Number.isFinite(value));
    throw optionError(
      `Cannot make ${model}: initial weight '${name}' must be finite, got ${data[at]} at element ${at}`,
    );
  }
}
