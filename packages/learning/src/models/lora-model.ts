// Adapters of low rank in the place of kernels: Hu, Shen, Wallis, Allen-Zhu, Li, Wang, Wang, Chen, "LoRA: Low-Rank
// Adaptation of Large Language Models", ICLR 2022, section 4.1: h = W0 x + (α/r) B A x, where W0 stays as it was, A is
// drawn and B begins at zero. tf.js has kernels [in, out], the paper matrices [out, in]: here the kernel is
// W0 + (α/r) a b, with a = Aᵀ [in, r] and b = Bᵀ [r, out].
import { tf } from '@starling/compute';
import { deriveSeed, generator, type Seed, seedFrom, tensor } from '@starling/federated-core';
import {
  checkOptions,
  count,
  dataKinds,
  kinds,
  numberWithin,
  optionError,
  required,
} from '@starling/federated-core/plan';
import type { Model } from '../model/model.js';
import { modelKind } from '../model/model-kind.js';
import type { Tensors } from '../tensors/tensors.js';
import { type PartialModel, partialModel, weightsNamed } from './partial-model.js';

export interface LoraModelOptions {
  /** r, from 1. A kernel [in, out] is trained as r · (in + out) numbers. */
  readonly rank: number;
  /** α, above 0; the adapter is scaled by α/r. Default: r, a scale of 1. */
  readonly alpha?: number;
  /** Kernels by name, or their layers; those of all dense layers, and whatever else is a matrix, by default. */
  readonly adapt?: readonly string[];
  /** Weights or layers that are trained as they are, such as those of a new head. Default: none. */
  readonly train?: readonly string[];
  /** Decides a; `seedFrom(0)` by default. */
  readonly seed?: Seed;
}

/**
 * The same model, of which adapters alone are trained and sent, `dense_1_kernel_a` and `dense_1_kernel_b`; all else are
 * constants of the plan. It gives what the model gives until it is trained. Throws a `RangeError` for an option out of
 * its range, or a kernel that is no matrix.
 */
export function loraModel(model: Model, options: LoraModelOptions): PartialModel {
  const action = 'Cannot adapt a model';
  modelKind(action, 'model', model);
  checkOptions(action, options, {
    rank: required(count),
    alpha: numberWithin({ above: 0, float32: true }),
    adapt: kinds.list,
    train: kinds.list,
    seed: dataKinds.seed,
  });
  const { rank, alpha = rank, train = [], seed = seedFrom(0) } = options;
  const matrices = model.trainable.filter((name) => shapeOf(model, name).length === 2);
  const trained = weightsNamed(action, model, train);
  const adapted = adaptedBy(action, model, options.adapt ?? matrices.filter((name) => !trained.has(name)));
  const both = [...adapted].find((name) => trained.has(name));
  if (both !== undefined) {
    throw optionError(`${action}: a weight is adapted or trained as it is, got '${both}' in adapt and train`);
  }
  const adapters = [...adapted].flatMap((name) => {
    const [inputs = 0, outputs = 0] = shapeOf(model, name);
    // The authors' code draws A uniformly within 1/√in of 0, as their linear layers begin.
    const random = generator(deriveSeed(seed, 'adapter', name));
    const bound = 1 / Math.sqrt(inputs);
    const a = Float32Array.from({ length: inputs * rank }, () => (2 * random.uniform() - 1) * bound);
    return [
      [`${name}_a`, tensor('float32', [inputs, rank], a)],
      [`${name}_b`, tensor('float32', [rank, outputs], new Float32Array(rank * outputs))],
    ] as const;
  });
  const kept = [...trained].map((name) => [name, model.initialWeights[name]!] as const);
  const initialWeights = Object.fromEntries([...adapters, ...kept]);
  const adaptedKernel = (own: Tensors, from: Tensors, name: string): tf.Tensor => {
    const product = tf.matMul(own[`${name}_a`] as tf.Tensor2D, own[`${name}_b`] as tf.Tensor2D);
    return tf.add(from[name]!, tf.mul(product, alpha / rank));
  };
  return partialModel(model, {
    name: `${model.name} with adapters of rank ${rank}`,
    initialWeights,
    trainable: [...adapters.map(([name]) => name), ...model.trainable.filter((name) => trained.has(name))],
    whole: (own, from) =>
      Object.fromEntries(
        Object.keys(from).map((name) => [
          name,
          adapted.has(name) ? adaptedKernel(own, from, name) : trained.has(name) ? own[name]! : from[name]!,
        ]),
      ),
  });
}

/** Of a layer its matrices; a weight that is named must be one. */
function adaptedBy(action: string, model: Model, wanted: readonly string[]): ReadonlySet<string> {
  const adapted = wanted.flatMap((name) => {
    const found = [...weightsNamed(action, model, [name])];
    const matrices = found.filter((each) => shapeOf(model, each).length === 2);
    if (matrices.length > 0) return matrices;
    throw optionError(
      `${action}: need a kernel that is a matrix, got '${name}' of [${shapeOf(model, found[0]!)}]`,
    );
  });
  if (adapted.length === 0) {
    throw optionError(`${action}: need a kernel of ${model.name} that is a matrix, got none`);
  }
  return new Set(adapted);
}

function shapeOf(model: Model, name: string): readonly number[] {
  return model.initialWeights[name]!.shape;
}
