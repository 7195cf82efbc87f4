// What must and what must not type-check: element types that no tracing would accept are red lines when TypeScript
// knows them, and nothing is asked of what it does not know.
import {
  type ClientsValue,
  federatedMap,
  federatedMax,
  federatedMean,
  federatedMin,
  federatedSecureModularSum,
  federatedSecureSum,
  federatedSecureSumBitwidth,
  federatedSequenceMap,
  federatedSequenceSum,
  federatedSum,
  federatedValue,
  federatedZip,
  int32,
  type LocalComputation,
  type SequenceType,
  type ServerValue,
  type StructType,
  type TensorType,
} from './index.js';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_T extends true>(): void => {};

declare const floats: ClientsValue<TensorType<'float32', []>>;
declare const vectors: ClientsValue<TensorType<'float32', [number]>>;
declare const ints: ClientsValue<TensorType<'int32', []>>;
declare const bools: ClientsValue<TensorType<'bool', []>>;
declare const strings: ClientsValue<TensorType<'string', []>>;
declare const good: ClientsValue<
  StructType<{ readonly a: TensorType<'float32'>; readonly deep: StructType<readonly [TensorType<'int64'>]> }>
>;
declare const bad: ClientsValue<
  StructType<{
    readonly a: TensorType<'float32'>;
    readonly deep: StructType<readonly [TensorType<'string'>]>;
  }>
>;
declare const data: ClientsValue<SequenceType<TensorType<'bool', []>>>;
declare const twice: LocalComputation<TensorType<'int32', []>, TensorType<'int32', []>>;
declare const numbers: ClientsValue<SequenceType<TensorType<'int32', []>>>;

federatedSum(floats);
federatedSum(good);
// @ts-expect-error a sum of bools
federatedSum(bools);
// @ts-expect-error a sum of strings
federatedSum(strings);
// @ts-expect-error a string deep in a struct
federatedSum(bad);
// @ts-expect-error a sum of datasets
federatedSum(numbers);
federatedMin(ints);
// @ts-expect-error the least string
federatedMin(strings);
// @ts-expect-error the greatest bool
federatedMax(bools);
// @ts-expect-error an ifEmpty of another type
federatedMax(floats, { ifEmpty: 'none' });

federatedMean(floats, { weight: ints });
// @ts-expect-error a mean of integers
federatedMean(ints);
// @ts-expect-error a struct with an integer
federatedMean(good);
// @ts-expect-error a bool as weight
federatedMean(floats, { weight: bools });
// @ts-expect-error a vector as weight
federatedMean(floats, { weight: vectors });

federatedSecureSum(ints, { maxInput: 10 });
// @ts-expect-error a secure sum of floats
federatedSecureSum(floats, { maxInput: 10 });
// @ts-expect-error a secure sum of bools
federatedSecureSumBitwidth(bools, { bitwidth: 1 });
// @ts-expect-error a modular sum of floats
federatedSecureModularSum(floats, { modulus: 10 });

federatedSequenceSum(numbers);
// @ts-expect-error a sum of bools
federatedSequenceSum(data);
const doubled = federatedSequenceMap(twice, numbers);
holds<Same<typeof doubled, ClientsValue<SequenceType<TensorType<'int32', []>>>>>();
// @ts-expect-error bools for integers
federatedSequenceMap(twice, data);

// A map gives its local computation what that takes: element types, names, tensors for tensors.
declare const half: LocalComputation<TensorType<'float32', []>, TensorType<'float32', []>>;
declare const add: LocalComputation<
  StructType<{
    readonly a: TensorType<'float32', []>;
    readonly b: StructType<{ readonly n: TensorType<'int32', []> }>;
  }>,
  TensorType<'float32', []>
>;
const halves = federatedMap(half, floats);
holds<Same<typeof halves, ClientsValue<TensorType<'float32', []>>>>();
// @ts-expect-error an integer for a float
federatedMap(half, ints);
// @ts-expect-error a record for a float
federatedMap(half, { a: floats });
federatedMap(add, { b: { n: ints }, a: floats });
federatedMap(add, { a: floats, b: federatedZip({ n: ints }) });
// @ts-expect-error a float for an integer, deep
federatedMap(add, { a: floats, b: { n: floats } });
// @ts-expect-error a name is missing
federatedMap(add, { a: floats });
// @ts-expect-error a tensor for a record
federatedMap(add, { a: floats, b: ints });
// @ts-expect-error a tensor for all
federatedMap(add, floats);

// What is not known is left to tracing.
declare const anything: ClientsValue;
declare const tensors: ClientsValue<TensorType>;
declare const structs: ClientsValue<StructType>;
declare const datasets: ClientsValue<SequenceType>;
declare const some: LocalComputation;
declare const optional: { readonly b?: ClientsValue<StructType<{ readonly n: TensorType<'int32', []> }>> };
federatedMap(half, anything);
federatedMap(half, tensors);
federatedMap(some, { a: floats, b: [ints] });
federatedMap(add, { a: anything, b: structs });
federatedMap(add, { a: floats, ...optional });
federatedMap(add, [floats, { n: ints }]);
federatedSum(anything);
federatedSum(tensors);
federatedMean(structs, { weight: anything });
federatedMean(tensors, { weight: tensors });
federatedMin(anything, { ifEmpty: 0 });
federatedSecureSum(tensors, { maxInput: 3 });
federatedSequenceSum(datasets);

// Constants have the type of their literal, or are held to the one that is given.
const three = federatedValue(3, 'SERVER');
holds<Same<typeof three, ServerValue<TensorType<'float32', []>>>>();
federatedSum(federatedValue({ a: 1, b: [1, 2] }, 'CLIENTS'));
// @ts-expect-error a sum of bools
federatedSum(federatedValue(true, 'CLIENTS'));
// @ts-expect-error a string for an integer
federatedValue('three', 'SERVER', int32());
