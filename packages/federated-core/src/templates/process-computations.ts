// What every process is made of, whatever its template.
import type { FederatedComputation } from '../computations/federated-computation.js';

/** The computations of a process. */
export interface ProcessComputations<
  I extends FederatedComputation = FederatedComputation,
  N extends FederatedComputation = FederatedComputation,
> {
  readonly initialize: I;
  readonly next: N;
  /**
   * ( -> {K}@CLIENTS), of a process whose clients keep a state: what each starts with. `next` then takes `clientState`,
   * {K}@CLIENTS, too, and returns it. It never leaves its client.
   */
  readonly initializeClient?: FederatedComputation;
}
