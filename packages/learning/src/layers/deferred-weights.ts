// Building a tf.js model without drawing its weights: tf.js draws from Math.random, and its orthogonal initializer
// takes minutes on a large matrix. Weights are zeros, and the initializer of each is kept for later.
import { tfl } from '@starling/compute';

export interface DeferredModel {
  readonly model: tfl.LayersModel;
  /** Of the weights made by `build`; those made before it have their values. */
  readonly initializers: ReadonlyMap<tfl.LayerVariable, Initializer>;
}

/** An initializer of tf.js, whose class tf.js does not export. */
export type Initializer = ReturnType<typeof tfl.initializers.zeros>;

/** What every layer calls to make a weight: (name, shape, dtype, initializer, …). */
type AddWeight = (name: string, shape: tfl.Shape, dtype: string, initializer: Initializer, ...rest: unknown[]) => tfl.LayerVariable; // biome-ignore format: a signature

/** Calls `build` with the weights that its layers make set to zeros. */
export function withDeferredWeights(build: () => tfl.LayersModel): DeferredModel {
  const layerClass = tfl.layers.Layer.prototype as unknown as { addWeight: AddWeight };
  const initializers = new Map<tfl.LayerVariable, Initializer>();
  const original = layerClass.addWeight;
  layerClass.addWeight = function (name, shape, dtype, initializer, ...rest) {
    const variable = original.call(this, name, shape, dtype, tfl.initializers.zeros(), ...rest);
    initializers.set(variable, initializer);
    return variable;
  };
  try {
    return { model: build(), initializers };
  } finally {
    layerClass.addWeight = original;
  }
}
