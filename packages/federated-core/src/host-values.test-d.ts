// What must and what must not type-check: `evaluate` takes and gives plain JavaScript of the computation's own types.
import {
  atClients,
  atServer,
  bool,
  type EvaluateOptions,
  evaluate,
  type FederatedComputation,
  federatedBroadcast,
  federatedCollect,
  federatedComputation,
  federatedMean,
  federatedSum,
  federatedValue,
  federatedZip,
  field,
  float32,
  type HostValue,
  int32,
  int64,
  iterativeProcess,
  sequence,
  string,
  struct,
  type Tensor,
  type Value,
} from './index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => {};
declare const options: EvaluateOptions;

const point = struct({ x: float32(), tags: struct([string(), bool()]) });
const all = federatedComputation(
  {
    state: atServer(struct({ step: int64(), weights: float32(2, 3) })),
    points: atClients(point),
    readings: atClients(sequence(float32())),
  },
  ({ state, points, readings }) => ({
    mean: federatedMean(field(points, 'x')),
    state,
    sent: federatedBroadcast(field(state, 'step')),
    collected: federatedCollect(points),
    readings,
  }),
);
const point1 = { x: 1, tags: ['a', true] } as const;
const state = { step: 3n, weights: [[1, 2, 3], [4, 5, 6]] }; // biome-ignore format: two rows

// Arguments.
const value = await evaluate(all, { state, points: [point1], readings: [[1, 2]] }, options);
declare const weights: Tensor<'float32'>;
declare const dataset: { readonly length: number; readonly columns: Value };
evaluate(all, { state: { step: 3, weights }, points: [], readings: [dataset, Float32Array.of(1)] }, options);
evaluate(all, { state: { step: 3, weights: new Float32Array(6) }, points: [], readings: [] }, options);
// @ts-expect-error a missing argument
evaluate(all, { state, points: [] }, options);
// @ts-expect-error an unknown argument
evaluate(all, { state, points: [], readings: [], more: 1 }, options);
// @ts-expect-error one member in place of a list of them
evaluate(all, { state, points: point1, readings: [] }, options);
// @ts-expect-error a number for a dataset
evaluate(all, { state, points: [], readings: [1] }, options);
// @ts-expect-error a vector for a matrix
evaluate(all, { state: { step: 3n, weights: [1, 2, 3] }, points: [], readings: [] }, options);
// @ts-expect-error a missing field
evaluate(all, { state: { step: 3n }, points: [], readings: [] }, options);
// @ts-expect-error a string for a number
evaluate(all, { state, points: [{ x: '1', tags: ['a', true] }], readings: [] }, options);
// @ts-expect-error fields in another order, when they have no names
evaluate(all, { state, points: [{ x: 1, tags: [true, 'a'] }], readings: [] }, options);

// Values.
holds<Same<typeof value.mean, number>>();
holds<Same<typeof value.state.step, bigint>>();
holds<Same<typeof value.state.weights, Tensor<'float32'>>>();
holds<Same<typeof value.sent, readonly bigint[]>>();
holds<Same<(typeof value.collected)[number]['x'], number>>();
holds<Same<(typeof value.collected)[number]['tags'], readonly [string, boolean]>>();
holds<Same<typeof value.readings, readonly (readonly number[])[]>>();
// @ts-expect-error no such part
value.median;

// One argument without a name, and none.
const sum = federatedComputation(atClients(int32()), (x) => federatedSum(x));
holds<
  Same<Awaited<ReturnType<typeof evaluate<typeof sum.type.parameter, typeof sum.type.result>>>, number>
>();
evaluate(sum, [1, 2], options);
// @ts-expect-error strings for integers
evaluate(sum, ['1'], options);
const zero = federatedComputation(null, () => federatedValue(0, 'SERVER'));
const start: number = await evaluate(zero, undefined, options);
// @ts-expect-error an argument when there is no parameter
evaluate(zero, 3, options);

// A process keeps the types of its computations.
const process = iterativeProcess({
  initialize: zero,
  next: federatedComputation({ state: atServer(float32()), data: atClients(float32()) }, (given) => ({
    state: given.state,
    metrics: federatedZip({ mean: federatedMean(given.data) }),
  })),
});
const step = await evaluate(process.next, { state: start, data: [1, 2] }, options);
holds<Same<typeof step.metrics.mean, number>>();

// What is not known is any value.
declare const loaded: FederatedComputation;
const anything = await evaluate(loaded, { whatever: 1 }, options);
holds<Same<typeof anything, HostValue>>();
