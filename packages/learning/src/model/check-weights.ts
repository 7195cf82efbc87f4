// Whether weights that come from elsewhere are those of a model.
import type { Tensor } from '@starling/federated-core';
import { leafTypes, optionError } from '@starling/federated-core/plan';
import type { Model } from './model.js';

/** Weights that are shown of a side, at most. */
const SHOWN = 12;

/**
 * Throws a `RangeError` with both lists unless `weights` are named as those of the model, each float32 of its shape,
 * and finite.
 */
export function checkWeights(
  action: string,
  model: Pick<Model, 'weights'>,
  weights: { readonly [name: string]: Tensor },
): void {
  const names = Object.keys(model.weights.elements);
  const types = leafTypes(model.weights);
  const need = names.map((name, leaf) => describe(name, 'float32', types[leaf]!.shape));
  const got = Object.entries(weights).map(([name, { dtype, shape }]) => describe(name, dtype, shape));
  if (names.length !== got.length || !need.every((each) => got.includes(each))) {
    const missing = need.filter((each) => !got.includes(each));
    const others = got.filter((each) => !need.includes(each));
    const differ = [
      ...(missing.length === 0 ? [] : [`missing are ${list(missing)}`]),
      ...(others.length === 0 ? [] : [`not of the model are ${list(others)}`]),
    ];
    throw optionError(
      `${action}: need the weights ${list(need)}, got ${list(got)}${missing.length === need.length ? '' : `. ${differ.join('; ').replace(/^./, (letter) => letter.toUpperCase())}`}`,
    );
  }
  for (const [name, { data }] of Object.entries(weights)) {
    const at = (data as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (at >= 0) throw optionError(`${action}: weights must be finite, got ${data[at]} at ${at} of ${name}`);
  }
}

function describe(name: string, dtype: string, shape: readonly (number | null)[]): string {
  return `${name} ${dtype}[${shape.join(',')}]`;
}

function list(all: readonly string[]): string {
  if (all.length === 0) return 'none';
  const more = all.length > SHOWN ? ` and ${all.length - SHOWN} more` : '';
  return all.slice(0, SHOWN).join(', ') + more;
}
