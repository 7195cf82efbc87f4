// The variables of a tf.js model, by names of their own, and reading tensors that are passed in: what makes a pass of
// the model a pure function of its weights.
import { tf, type tfl } from '@starling/compute';
import type { Tensors } from '../tensors/tensors.js';

export type NamedVariables = ReadonlyMap<string, tfl.LayerVariable>;

/** Variables by names that depend on the model's make-up alone: tf.js numbers its layers across all models. */
export function namedVariables(model: tfl.LayersModel): NamedVariables {
  const named = new Map<string, tfl.LayerVariable>();
  const kinds = new Map<string, number>();
  for (const layer of model.layers) {
    const kind = snakeCase(layer.getClassName());
    const number = (kinds.get(kind) ?? 0) + 1;
    kinds.set(kind, number);
    for (const variable of layer.weights as tfl.LayerVariable[]) {
      const weight = `${kind}_${number}_${snakeCase(variable.originalName.split('/').at(-1) as string)}`;
      let unique = weight;
      for (let copy = 2; named.has(unique); copy++) unique = `${weight}_${copy}`;
      named.set(unique, variable);
    }
  }
  return named;
}

/** Runs `body` with every variable reading its tensor of `weights`; `moved` holds what was written meanwhile. */
export function withWeights<T>(
  variables: NamedVariables,
  weights: Tensors,
  body: () => T,
): { readonly result: T; readonly moved: Tensors } {
  const moved: Record<string, tf.Tensor> = {};
  for (const [name, variable] of variables) {
    let current = weights[name] as tf.Tensor;
    // Own properties hide the methods of the class until they are deleted below.
    Object.assign(variable, {
      read: () => current,
      write: (next: tf.Tensor) => {
        current = tf.keep(next);
        moved[name] = current;
        return variable;
      },
    });
  }
  try {
    return { result: body(), moved };
  } finally {
    for (const variable of variables.values()) {
      const own = variable as Partial<Pick<tfl.LayerVariable, 'read' | 'write'>>;
      delete own.read;
      delete own.write;
    }
  }
}

function snakeCase(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}
