// What must and what must not type-check: states and metrics of processes, by the types of their computations.
import {
  atClients,
  atServer,
  type ClientStateOf,
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

// What clients keep has its type, too, and goes round.
const initializeClient = federatedComputation(null, () =>
  federatedValue({ control: [0, 0] }, 'CLIENTS', struct({ control: float32(2) })),
);
const keeping = federatedComputation(
  {
    state: atServer(state),
    clientState: atClients(struct({ control: float32(2) })),
    data: atClients(float32()),
  },
  ({ state: before, clientState, data }) => ({
    state: before,
    clientState,
    metrics: federatedZip({ mean: federatedMean(data) }),
  }),
);
const keeper = iterativeProcess({ initialize, initializeClient, next: keeping }, { whenLost: 'sit-out' });
declare const kept: ClientStateOf<typeof keeper>;
holds<Same<typeof kept.control, Tensor<'float32'>>>();
holds<Same<MetricsOf<typeof keeper>, MetricsOf<typeof process>>>();
holds<Same<ClientStateOf<typeof process>, never>>();
// @ts-expect-error next returns a part that nobody starts
iterativeProcess({ initialize, next: keeping, initializeClient: initialize });
// @ts-expect-error next takes no state of clients
iterativeProcess({ initialize, initializeClient, next });
const other = federatedComputation(null, () => federatedValue(0, 'CLIENTS', float32()));
// @ts-expect-error the first state is of another type
iterativeProcess({ initialize, initializeClient: other, next: keeping });

// Of a process of unknown types, any value.
declare const any: IterativeProcess;
holds<Same<StateOf<typeof any>, Value>>();
holds<Same<MetricsOf<typeof any>, HostValue>>();
declare const half: IterativeProcess<typeof initialize, FederatedComputation>;
holds<Same<MetricsOf<typeof half>, HostValue>>();
