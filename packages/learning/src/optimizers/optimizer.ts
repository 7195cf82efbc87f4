// The contract of optimizers: pure functions on tensors, traced into local computations. The same optimizer serves
// on clients, where it gets gradients, and at the server, where it gets the clients' mean delta with its sign
// turned (Reddi, Charles, Zaheer, Garrett, Rush, Konečný, Kumar, McMahan, "Adaptive Federated Optimization",
// ICLR 2021, Algorithm 1). `contract.ts` is the suite that every optimizer passes.
import type { tf } from '@starling/compute';
import type { Tensors } from '../tensors/tensors.js';

/** Parts by name: one tensor, or one for each weight. */
export type OptimizerState = { readonly [part: string]: tf.Tensor | Tensors };

export interface Optimizer {
  readonly name: string;
  /** The state before the first update; its shapes never change. */
  init(weights: Tensors): OptimizerState;
  /** One step: new weights and a new state. `gradients` and `weights` have the same names and shapes. */
  update(
    gradients: Tensors,
    state: OptimizerState,
    weights: Tensors,
  ): { readonly weights: Tensors; readonly state: OptimizerState };
}
