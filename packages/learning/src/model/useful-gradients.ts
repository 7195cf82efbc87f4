// A loss trains by its gradients: one of comparisons, argMax or rounding alone has a gradient of 0 everywhere, and a
// model trained by it stays as it was, without an error. So its gradient is taken once when a model is made, on made-up
// examples, before anything is traced.
import { tf } from '@starling/compute';
import { ignoreRejections, warnOnce, withoutFrozenSources } from '@starling/federated-core/plan';

/**
 * Warns where the sum of what `compute` gives has a gradient of 0 by all of `at`; `by` says what these are. Where the
 * gradient cannot be computed, nothing is known.
 */
export function warnOfNoGradient(
  model: string,
  by: string,
  compute: (...at: tf.Tensor[]) => tf.Tensor,
  at: readonly tf.Tensor[],
): void {
  if (!isFlat(compute, at)) return;
  warnOnce(
    `${model} cannot train: the gradient of its loss by ${by} is 0 everywhere. Comparisons, argMax, sign, round and casts to integers have none: measure by them, as metrics, and give a loss that is smooth`,
  );
}

function isFlat(compute: (...at: tf.Tensor[]) => tf.Tensor, at: readonly tf.Tensor[]): boolean {
  try {
    return tf.tidy(() => {
      const list = withoutFrozenSources(
        (source) => new Error(source),
        () => tf.grads((...tensors) => tf.sum(ignoreRejections(compute(...tensors))))([...at]),
      );
      return list.every((gradient) => gradient.dataSync().every((number) => number === 0));
    });
  } catch {
    return false;
  }
}
