// Records of tensors by name: how weights, gradients and the state of optimizers are held inside a local computation.
import type { tf } from '@starling/compute';
import { optionError } from '@starling/federated-core/plan';

export type Tensors = { readonly [name: string]: tf.Tensor };

/** Applies `change` to the tensors of each name of `first`; the other records must have the same names. */
export function mapTensors(
  change: (...tensors: tf.Tensor[]) => tf.Tensor,
  first: Tensors,
  ...others: readonly Tensors[]
): Tensors {
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => [
      name,
      change(tensor, ...others.map((other) => named(other, name))),
    ]),
  );
}

/** The tensors of `names`, in that order. */
export function pickTensors(tensors: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(names.map((name) => [name, named(tensors, name)]));
}

function named(tensors: Tensors, name: string): tf.Tensor {
  const tensor = tensors[name];
  if (tensor === undefined) {
    throw optionError(
      `Cannot find a tensor: need '${name}', got ${Object.keys(tensors).join(', ') || 'none'}`,
    );
  }
  return tensor;
}
