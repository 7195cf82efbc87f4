// A local computation as federated-core sees it: a signature and an opaque body. What is in the body, and
// how it runs, is compute's business; here it is only called, through a `LocalRunner` that is passed in.
import { hasMethods, ofKind } from '../errors/check-kind.js';
import type { Seed } from '../random/seed.js';
import type { FunctionType, Type } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';

/**
 * A function that runs in one place on tensors, such as `(<reading=float32,threshold=float32> -> bool)`.
 * `id` is a content hash: two local computations with the same id compute the same function.
 */
export interface LocalComputation<P extends Type | null = Type | null, R extends Type = Type> {
  readonly kind: 'local-computation';
  readonly name: string;
  readonly id: string;
  readonly type: FunctionType<P, R>;
  /** The captured graph; opaque here, known to the compute room. */
  readonly body: unknown;
}

export type MaybePromise<T> = T | Promise<T>;

/**
 * Runs one local computation on the leaves of its argument (see `leafTypes`) and gives the leaves of its
 * result. Randomness inside the computation is drawn from `seed` alone.
 */
export type LocalRunner = (
  computation: LocalComputation,
  argument: readonly Tensor[],
  seed: Seed,
) => MaybePromise<readonly Tensor[]>;

/** The check of a runner, for tables of options. */
export const runnerKind = ofKind({
  need: 'what runs local computations, such as localRunner(await createOnnxEngine())',
  fits: (value) =>
    typeof value === 'function' && value.name !== 'localRunner' && !/^create\w*Engine$/.test(value.name),
  advice: (value) => (hasMethods(value, ['load', 'dispose']) ? 'Write localRunner(engine)' : null),
});
