// What must and what must not type-check: placements are TypeScript types, so that a mistake is a red line in
// the editor. `type-tests.test.ts` runs the compiler over this file without Node's types, which also shows
// that this package needs none of them.
import {
  type AtClients,
  type AtServer,
  abstractType,
  atClients,
  atServer,
  bind,
  type ClientsValue,
  call,
  type FederatedComputation,
  type FederatedType,
  federatedAggregate,
  federatedBroadcast,
  federatedComputation,
  federatedEval,
  federatedMap,
  federatedMean,
  federatedSequenceReduce,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  float32,
  int32,
  type LocalComputation,
  polymorphicComputation,
  type SequenceType,
  type ServerValue,
  type StructType,
  sequence,
  struct,
  type TensorType,
  type Type,
} from './index.js';
import type { FunctionType } from './plan.js';

type Float = TensorType<'float32', []>;
type Int = TensorType<'int32', []>;
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => {};

declare const clients: ClientsValue<Float>;
declare const server: ServerValue<Float>;
declare const local: LocalComputation<Float, Int>;
declare const joining: LocalComputation<Type, Int>;
declare const noise: LocalComputation<null, Float>;
declare const datasets: ClientsValue<SequenceType<Float>>;

// A broadcast takes a server value and gives an all-equal one.
const sent = federatedBroadcast(server);
holds<Same<typeof sent.type, FederatedType<Float, 'CLIENTS', true, 'aggregated'>>>();
// @ts-expect-error a broadcast of a client value
federatedBroadcast(clients);
// @ts-expect-error a broadcast of what was broadcast
federatedBroadcast(sent);

// Aggregates take client values and give server values of the same member.
const mean = federatedMean(clients, { weight: clients });
holds<Same<typeof mean.type, AtServer<Float>>>();
// @ts-expect-error a sum of a server value
federatedSum(server);
// @ts-expect-error a mean of a server value
federatedMean(server);
// @ts-expect-error a weight at the server
federatedMean(clients, { weight: server });
// @ts-expect-error a weight in place of the options
federatedMean(clients, clients);
// @ts-expect-error a sum of a number
federatedSum(3);

// A map keeps the placement and takes the result of its local computation.
const mapped = federatedMap(local, clients);
holds<Same<typeof mapped.type, AtClients<Int>>>();
const applied = federatedMap(joining, { a: server, b: [server] });
holds<Same<typeof applied.type, AtServer<Int>>>();
// @ts-expect-error two placements in one map
federatedMap(joining, { a: clients, b: server });
// @ts-expect-error two placements in one map, deep
federatedMap(joining, { a: clients, b: [server] });
// @ts-expect-error a plain JavaScript function
federatedMap((x: number) => x > 3, clients);

// A zip keeps names and nesting.
const zipped = federatedZip({ x: clients, rest: [mapped] });
holds<typeof zipped extends ClientsValue<StructType<{ readonly x: Float }>> ? true : false>();
// @ts-expect-error two placements in one zip
federatedZip([clients, server]);
const first = field(zipped, 'x');
holds<Same<typeof first.type, AtClients<Float>>>();

// Values and evals are where they are put.
holds<Same<ReturnType<typeof federatedEval<Float>>['type'], AtServer<Float>>>();
federatedBroadcast(federatedValue(3, 'SERVER'));
// @ts-expect-error a constant that is with the clients already
federatedBroadcast(federatedValue(3, 'CLIENTS'));
// @ts-expect-error no such placement
federatedValue(3, 'EVERYWHERE');
// @ts-expect-error a local computation that needs an argument
federatedEval(local, 'SERVER');
federatedSum(federatedEval(noise, 'CLIENTS'));

// Sequences.
federatedSum(federatedSequenceReduce(datasets, 0, local));
// @ts-expect-error not a sequence
federatedSequenceReduce(clients, 0, local);
federatedSum(federatedSequenceReduce(datasets, federatedBroadcast(server), local));
declare const anywhere: unknown;
declare const served: ServerValue<SequenceType<Float>>;
federatedBroadcast(federatedSequenceReduce(served, anywhere, local));
// @ts-expect-error an initial value in another place
federatedSequenceReduce(datasets, server, local);

// An aggregate gives what its report gives, and needs all four operators.
declare const add: LocalComputation<StructType<{ readonly a: Float; readonly b: Float }>, Float>;
const aggregated = federatedAggregate(clients, { zero: 0, accumulate: add, merge: add, report: local });
holds<Same<typeof aggregated.type, AtServer<Int>>>();
// @ts-expect-error no merge
federatedAggregate(clients, { zero: 0, accumulate: add, report: local });

// A computation's type is read off its parameters and its body.
const traced = federatedComputation(
  { readings: atClients(sequence(float32())), threshold: atServer(float32()) },
  ({ readings, threshold }) => {
    holds<Same<typeof threshold.type, AtServer<Float>>>();
    // @ts-expect-error no such parameter
    const { nothing } = { readings, threshold };
    return { mean: federatedMean(federatedMap(noise, readings)), kept: threshold, nothing };
  },
);
holds<Same<(typeof traced.type.result.elements)['kept'], AtServer<Float>>>();
const single = federatedComputation(atClients(int32()), (value) => federatedSum(value));
holds<typeof single extends FederatedComputation<FederatedType<Int>, AtServer<Int>> ? true : false>();
holds<typeof single.type extends FunctionType<FederatedType> ? true : false>();
federatedComputation(null, () => federatedValue(struct({}), 'SERVER'));
// @ts-expect-error a body must give federated values
federatedComputation(atServer(float32()), () => 3);

// A call takes values in the places of the parameters.
call(single, federatedBroadcast(federatedValue(1, 'SERVER', int32())));
call(traced, { readings: datasets, threshold: server });
// @ts-expect-error a client value for a parameter at the server
call(traced, { readings: datasets, threshold: clients });
// @ts-expect-error a parameter is missing
call(traced, { readings: datasets });
// @ts-expect-error no argument
call(single);
// What is traced without a known type is left to tracing.
declare const unknown: FederatedComputation;
call(unknown);
call(unknown, { anything: server });

// What is bound is no parameter any longer.
const bound = bind(traced, { threshold: 3 });
holds<Same<keyof (typeof bound.type.parameter)['elements'], 'readings'>>();
const closed = bind(traced, { threshold: 3, readings: [1, 2] });
holds<Same<typeof closed.type.parameter, null>>();
// @ts-expect-error a string for a number
bind(traced, { threshold: 'three' });

// A polymorphic body sees placements, and is given the types of all its parameters.
const polymorphic = polymorphicComputation(
  { values: atClients(abstractType('T')), start: atServer(abstractType('T')) },
  ({ values, start }) => {
    // @ts-expect-error a sum of a server value
    federatedSum(start);
    return federatedMean(values);
  },
);
const instance = polymorphic.instantiate({ values: atClients(float32()), start: atServer(float32()) });
holds<Same<(typeof instance.type.parameter.elements)['values'], AtClients<Float>>>();
// @ts-expect-error a parameter is missing
polymorphic.instantiate({ values: atClients(float32()) });
// @ts-expect-error a parameter is missing
polymorphic.call({ values: clients });
