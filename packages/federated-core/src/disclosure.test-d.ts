// What must and what must not type-check: that the server sees values of single clients is part of a value's type, from
// where it begins to all that is computed from it, and so of a computation's type, which a function can ask for.
import {
  type AggregatedComputation,
  type AtServer,
  atClients,
  atServer,
  type ClientsValue,
  call,
  type FederatedComputation,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedMap,
  federatedMax,
  federatedMean,
  federatedSample,
  federatedSecureSum,
  federatedSequenceMap,
  federatedSequenceReduce,
  federatedSequenceSum,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  float32,
  type IterativeProcess,
  iterativeProcess,
  type LocalComputation,
  type RevealingClientsValue,
  type RevealingServerValue,
  requireAggregated,
  type SequenceType,
  type ServerValue,
  type StructType,
  type TensorType,
  type Type,
} from './index.js';

type Float = TensorType<'float32', []>;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => {};

declare const clients: ClientsValue<Float>;
declare const counts: ClientsValue<TensorType<'int32', []>>;
declare const server: ServerValue<Float>;
declare const local: LocalComputation<Type, Float>;

// An editor shows one word more when a value is revealing, and nothing more when it is not.
const everyone = federatedCollect(clients);
holds<Same<typeof everyone, RevealingServerValue<SequenceType<Float>>>>();
const some = federatedSample(clients, { maxSamples: 3 });
holds<Same<typeof some, RevealingServerValue<SequenceType<Float>>>>();
const sum = federatedSum(clients);
holds<Same<typeof sum, ServerValue<Float>>>();
const secure = federatedSecureSum(counts, { maxInput: 10 });
holds<Same<typeof secure, ServerValue<TensorType<'int32', []>>>>();

// The server's own computations keep it …
const median = federatedMap(local, everyone);
holds<Same<typeof median, RevealingServerValue<Float>>>();
const mixed = federatedMap(local, { model: server, values: everyone });
holds<Same<typeof mixed, RevealingServerValue<Float>>>();
const nested = federatedMap(local, { model: server, deep: [{ values: everyone }] });
holds<Same<typeof nested, RevealingServerValue<Float>>>();
const plain = federatedMap(local, { model: server, deep: [{ sum }] });
holds<Same<typeof plain, ServerValue<Float>>>();
declare const optional: { readonly more?: ServerValue<Float> };
const optionally = federatedMap(local, { model: server, ...optional });
holds<Same<typeof optionally, ServerValue<Float>>>();
const total = federatedSequenceSum(everyone);
holds<Same<typeof total, RevealingServerValue<Float>>>();
const mapped = federatedSequenceMap(local, everyone);
holds<Same<typeof mapped, RevealingServerValue<SequenceType<Float>>>>();
const reduced = federatedSequenceReduce(everyone, 0, local);
holds<Same<typeof reduced, RevealingServerValue<Float>>>();
const zipped = federatedZip({ sum, median });
holds<typeof zipped extends RevealingServerValue<StructType> ? true : false>();
const zippedSum = field(zipped, 'sum');
holds<Same<(typeof zippedSum.type)['disclosure'], 'revealing'>>();

// … and so does what clients compute from what the server sends them.
const sent = federatedBroadcast(median);
const compared = federatedMap(local, { value: clients, median: sent });
holds<Same<typeof compared, RevealingClientsValue<Float>>>();
const again = federatedMax(compared);
holds<Same<typeof again, RevealingServerValue<Float>>>();
const weighted = federatedMean(clients, { weight: compared });
holds<Same<typeof weighted, RevealingServerValue<Float>>>();
const unweighted = federatedMean(clients, { ifEmpty: 0 });
holds<Same<typeof unweighted, ServerValue<Float>>>();

// The type of a computation says which of its results are revealing.
const parameters = { values: atClients(float32()) };
const mean = federatedComputation(parameters, ({ values }) => ({ mean: federatedMean(values) }));
const spy = federatedComputation(parameters, ({ values }) => ({
  mean: federatedMean(values),
  median: federatedMap(local, federatedCollect(values)),
}));
holds<Same<(typeof spy.type.result.elements)['mean'], AtServer<Float>>>();
holds<Same<(typeof spy.type.result.elements)['median']['disclosure'], 'revealing'>>();

// A function asks for a computation that reveals nothing, and gets no other.
declare const publish: (computation: AggregatedComputation) => void;
publish(mean);
publish(federatedComputation(parameters, ({ values }) => federatedSum(values)));
// @ts-expect-error one of its results is revealing
publish(spy);
// @ts-expect-error its result is revealing
publish(federatedComputation(parameters, ({ values }) => federatedCollect(values)));
declare const loaded: FederatedComputation;
// @ts-expect-error nothing is known of it
publish(loaded);
publish(requireAggregated(loaded));

// So it does for processes.
declare const train: (process: IterativeProcess<FederatedComputation, AggregatedComputation>) => void;
const start = federatedComputation(null, () => federatedValue(0, 'SERVER'));
const rounds = { state: atServer(float32()), values: atClients(float32()) };
const averaging = federatedComputation(rounds, ({ state, values }) => ({
  state,
  metrics: federatedMean(values),
}));
const spying = federatedComputation(rounds, ({ state, values }) => ({
  state,
  metrics: federatedCollect(values),
}));
train(iterativeProcess({ initialize: start, next: averaging }));
// @ts-expect-error its metrics are revealing
train(iterativeProcess({ initialize: start, next: spying }));

// A call is revealing when the called computation is, or when an argument is.
const next = federatedComputation({ x: atServer(float32()) }, ({ x }) => ({ next: federatedMap(local, x) }));
const quiet = call(next, { x: sum });
holds<Same<(typeof quiet.type.elements)['next'], AtServer<Float>>>();
const loud = call(next, { x: median });
holds<Same<(typeof loud.type.elements)['next']['disclosure'], 'revealing'>>();
const called = field(call(spy, { values: clients }), 'median');
holds<Same<(typeof called.type)['disclosure'], 'revealing'>>();

// A function that takes server values in general says so; one that takes plain ones gets no others.
declare const log: (value: ServerValue<Float>) => void;
log(sum);
// @ts-expect-error a revealing value
log(median);
