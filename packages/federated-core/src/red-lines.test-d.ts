// What the editor says of mistakes, and where: each directive names what is underlined in the line below it, and words
// that the first line of the message has. `type-tests.test.ts` holds the compiler to both.
import {
  type AtClients,
  type AtServer,
  aggregationProcess,
  type ClientsValue,
  type FederatedComputation,
  federatedAggregate,
  federatedMap,
  federatedSequenceReduce,
  federatedZip,
  field,
  iterativeProcess,
  type LocalComputation,
  measuredProcess,
  type SequenceType,
  type ServerValue,
  type StructType,
  type TensorType,
  type Type,
} from './index.js';

type Float = TensorType<'float32', []>;
type Int = TensorType<'int32', []>;

declare const client: ClientsValue<Float>;
declare const server: ServerValue<Float>;
declare const pair: LocalComputation<StructType<{ readonly a: Float; readonly b: Float }>, Float>;
declare const half: LocalComputation<Float, Float>;
declare const noise: LocalComputation<null, Float>;
declare const resulting: FederatedComputation<
  StructType<{ readonly state: AtServer<Float>; readonly value: AtClients<Float> }>,
  StructType<{ readonly state: AtServer<Float>; readonly result: AtServer<Float> }>
>;
declare const joining: LocalComputation<Type, Float>;

// A client and a server value side by side: the one that is to be broadcast.
// @ts-expect-error b: '"is at SERVER beside values at CLIENTS: need federatedBroadcast of it, or an aggregate of them"'
federatedMap(pair, { a: client, b: server });
// @ts-expect-error server: "is at SERVER beside values at CLIENTS
federatedMap(joining, [client, [server]]);
// @ts-expect-error a: "is at SERVER beside values at CLIENTS
federatedZip({ a: server, deep: { b: client } });

declare const floats: ClientsValue<SequenceType<Float>>;
// @ts-expect-error server: "need a plain initial value, or one in the place of the dataset"
federatedSequenceReduce(floats, server, pair);

// Fields of a struct, by name or position.
declare const rows: ClientsValue<StructType<{ readonly count: Int; readonly total: Float }>>;
declare const positions: ServerValue<StructType<readonly [Int, Float]>>;
field(rows, 'count');
field(positions, 1);
// @ts-expect-error 'cuont': "count" | "total"
field(rows, 'cuont');
// @ts-expect-error 2: type '0 | 1'
field(positions, 2);
// @ts-expect-error 'count': "need a struct, to take a field of"
field(client, 'count');

// The operators of an aggregation: (accumulator, value) → accumulator, of floats that are counted and added up.
type Totals = StructType<{ readonly count: Int; readonly total: Float }>;
declare const accumulate: LocalComputation<
  StructType<{ readonly sums: Totals; readonly value: Float }>,
  Totals
>;
declare const merge: LocalComputation<StructType<{ readonly a: Totals; readonly b: Totals }>, Totals>;
declare const report: LocalComputation<Totals, Float>;
const zero = { count: 0, total: 0 };
const operators = { zero, accumulate, merge, report };
federatedAggregate(client, operators);
declare const zeros: LocalComputation<null, Totals>;
federatedAggregate(client, { ...operators, zero: zeros });
// @ts-expect-error accumulate: got no parameter for the float32 of the clients
federatedAggregate(client, { ...operators, accumulate: merge });
// @ts-expect-error accumulate: "need (accumulator, value) → accumulator, got one parameter"
federatedAggregate(client, { ...operators, accumulate: half });
// @ts-expect-error merge: "need (accumulator, accumulator) → accumulator, got a struct for float32"
federatedAggregate(client, { ...operators, merge: pair });
// @ts-expect-error report: "need accumulator → aggregate, got a struct for float32"
federatedAggregate(client, { ...operators, report: half });
// @ts-expect-error report: "need accumulator → aggregate, got no parameter"
federatedAggregate(client, { ...operators, report: zeros });
// @ts-expect-error total: Type 'string' is not assignable to type 'number
federatedAggregate(client, { ...operators, zero: { count: 0, total: 'none' } });
// @ts-expect-error zero: "need a zero of the type that accumulate gives, got a tensor for a struct"
federatedAggregate(client, { ...operators, zero: noise });

// A process hands its state on in the type in which it comes.
type Taking<S extends Type> = StructType<{ readonly state: AtServer<S>; readonly data: AtClients<Float> }>;
type Giving<S extends Type> = StructType<{ readonly state: AtServer<S>; readonly metrics: AtServer<Float> }>;
declare const initialize: FederatedComputation<null, AtServer<Float>>;
declare const next: FederatedComputation<Taking<Float>, Giving<Float>>;
iterativeProcess({ initialize, next });
declare const changing: FederatedComputation<Taking<Float>, Giving<Int>>;
// @ts-expect-error next: "need to return the state in the type that it comes in, got int32 for float32"
iterativeProcess({ initialize, next: changing });
declare const counting: FederatedComputation<Taking<Int>, Giving<Int>>;
// @ts-expect-error next: "need the parameter state of the type that initialize gives, got float32 for int32"
iterativeProcess({ initialize, next: counting });
declare const silent: FederatedComputation<Taking<Float>, StructType<{ readonly state: AtServer<Float> }>>;
// @ts-expect-error next: "need to return { state, … }, got no metrics"
iterativeProcess({ initialize, next: silent });
// @ts-expect-error next: "need a parameter state"
iterativeProcess({ initialize, next: initialize });
// @ts-expect-error initialize: "need a computation of no parameter"
iterativeProcess({ initialize: next, next });
declare const scattered: FederatedComputation<null, AtClients<Float>>;
// @ts-expect-error initialize: "need one state at SERVER (federatedZip makes one of several)"
iterativeProcess({ initialize: scattered, next });
// @ts-expect-error next: got no measurements
aggregationProcess({ initialize, next: resulting });
// @ts-expect-error next: got no result
measuredProcess({ initialize, next });

// What is not known is left to tracing.
declare const anything: ClientsValue;
declare const structs: ServerValue<StructType>;
field(anything, 'x');
field(structs, 0);
declare const some: LocalComputation;
federatedAggregate(client, { zero: 0, accumulate: some, merge: some, report: some });
federatedAggregate(anything, { ...operators, zero: anything as unknown });
declare const ofTensors: LocalComputation<
  StructType<{ readonly a: TensorType; readonly b: TensorType }>,
  TensorType
>;
federatedAggregate(client, { zero: 0, accumulate: ofTensors, merge: ofTensors, report: half });
declare const traced: FederatedComputation;
iterativeProcess({ initialize: traced, next: traced });
iterativeProcess({ initialize, next: traced });
declare const maybe: { readonly b?: ClientsValue<Float> };
federatedMap(joining, { a: client, ...maybe });
