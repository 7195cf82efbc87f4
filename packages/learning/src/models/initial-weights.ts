// What a model starts from: an infinite or undefined weight would have every client refused, round after round, for a
// reason that none of them can name.
import type { Tensor } from '@starling/federated-core';
import { plainVectors } from '@starling/federated-core/plan';

/** Throws a `RangeError` that names the weight unless all are float32 and finite. */
export function checkInitialWeights(model: string, weights: { readonly [name: string]: Tensor }): void {
  for (const [name, { dtype, data }] of Object.entries(weights)) {
    if (dtype !== 'float32') {
      throw new RangeError(`Cannot make ${model}: initial weight '${name}' must be float32, got ${dtype}`);
    }
    if (plainVectors.areFinite(data as Float32Array)) continue;
    const at = (data as Float32Array).findIndex((value) => !Number.isFinite(value));
    throw new RangeError(
      `Cannot make ${model}: initial weight '${name}' must be finite, got ${data[at]} at element ${at}`,
    );
  }
}
