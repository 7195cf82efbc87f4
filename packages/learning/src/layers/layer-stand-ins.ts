// Stand-ins: what some tf.js layers do in training, said anew for a pass that is traced: batch normalisation must leave
// out padding, and noise must come from the seed of the call.
import type { tf, tfl } from '@starling/compute';

/** The output of `layer` on `x`; `mask` is float32 [B], 1 for an example and 0 for padding. */
export type StandIn = (layer: tfl.layers.Layer, x: tf.Tensor, mask: tf.Tensor) => tf.Tensor;

/** Stand-ins by the class of layer that they stand in for. */
export type StandIns = { readonly [className: string]: StandIn };

/** Runs `body` with the layers of `model` (and of models within it) calling their stand-ins. */
export function withStandIns<T>(
  model: tfl.LayersModel,
  standIns: StandIns,
  mask: tf.Tensor,
  body: () => T,
): T {
  const layers = replaced(model.layers, standIns);
  // Own properties hide the method of the class until they are deleted below.
  for (const [layer, standIn] of layers) {
    layer.call = (inputs) => standIn(layer, Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs, mask);
  }
  try {
    return body();
  } finally {
    for (const [layer] of layers) delete (layer as Partial<tfl.layers.Layer>).call;
  }
}

function replaced(
  layers: readonly tfl.layers.Layer[],
  standIns: StandIns,
): readonly (readonly [tfl.layers.Layer, StandIn])[] {
  return layers.flatMap((layer) => {
    const standIn = standIns[layer.getClassName()];
    const inner = (layer as { readonly layers?: readonly tfl.layers.Layer[] }).layers ?? [];
    return [...(standIn === undefined ? [] : [[layer, standIn] as const]), ...replaced(inner, standIns)];
  });
}
