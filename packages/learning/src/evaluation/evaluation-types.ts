// What evaluations give, for the editor.
import type { AtServer, StructType, TensorType, Type } from '@starling/federated-core';

type Scalar = TensorType<'float32', readonly []>;

/** `loss`, the metrics of the model, and `examples`, each a number. */
export interface Means {
  readonly loss: Scalar;
  readonly examples: Scalar;
  readonly [metric: string]: Type;
}

/** Aggregated: means over all examples of all clients. */
export type EvaluationResult = AtServer<StructType<{ readonly [N in keyof Means]: Means[N] }>>;
