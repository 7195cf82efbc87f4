// What must and what must not type-check: states and metrics of processes, by the types of their computations.
import {
  atClients,
  atServer,
  type Dataset,
  type FederatedComputation,
  federatedComputation,
  federatedMean,
  federatedValue,
  federatedZip,
  float32,
  type HostValue,
  type IterativeProcess,
  iterativeProcess,
  type MetricsOf,
  type SequenceType,
  type StateOf,
  struct,
  type Tensor,
  type TensorType,
  type Value,
  type ValueOf,
} from './index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => {};

holds<Same<ValueOf<TensorType<'float32', readonly [3]>>, Tensor<'float32'>>>();
holds<Same<ValueOf<SequenceType>, Dataset>>();

const state = struct({ model: struct({ w: float32(2) }), rate: float32() });
const initialize = federatedComputation(null, () =>
  federatedZip({
    model: federatedValue({ w: [1, 2] }, 'SERVER', struct({ w: float32(2) })),
    rate: federatedValue(0.1, 'SERVER', float32()),
  }),
);
const next = federatedComputation(
  { state: atServer(state), data: atClients(float32()) },
  ({ state: before, data }) => ({ state: before, metrics: federatedZip({ mean: federatedMean(data) }) }),
);
const process = iterativeProcess({ initialize, next });
declare const found: StateOf<typeof process>;
holds<Same<typeof found.model.w, Tensor<'float32'>>>();
declare const metrics: MetricsOf<typeof process>;
holds<Same<typeof metrics.mean, number>>();
// @ts-expect-error there is no such field
found.modle;
// @ts-expect-error nor such a metric
metrics.median;

// Of a process of unknown types, any value.
declare const any: IterativeProcess;
holds<Same<StateOf<typeof any>, Value>>();
holds<Same<MetricsOf<typeof any>, HostValue>>();
declare const half: IterativeProcess<typeof initialize, FederatedComputation>;
holds<Same<MetricsOf<typeof half>, HostValue>>();
