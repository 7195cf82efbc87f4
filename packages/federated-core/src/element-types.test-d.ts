// What must and what must not type-check: element types that no tracing would accept are red lines where TypeScript
// knows them, and nothing is asked of what it does not know.
import {
  type ClientsValue,
  federatedMax,
  federatedMean,
  federatedMin,
  federatedSecureModularSum,
  federatedSecureSum,
  federatedSecureSumBitwidth,
  federatedSum,
  federatedValue,
  int32,
  type SequenceType,
  type ServerValue,
  type StructType,
  sequenceSum,
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

federatedMean(floats, ints);
// @ts-expect-error a mean of integers
federatedMean(ints);
// @ts-expect-error a struct with an integer
federatedMean(good);
// @ts-expect-error a bool as weight
federatedMean(floats, bools);
// @ts-expect-error a vector as weight
federatedMean(floats, vectors);

federatedSecureSum(ints, 10);
// @ts-expect-error a secure sum of floats
federatedSecureSum(floats, 10);
// @ts-expect-error a secure sum of bools
federatedSecureSumBitwidth(bools, 1);
// @ts-expect-error a modular sum of floats
federatedSecureModularSum(floats, 10);

sequenceSum(numbers);
// @ts-expect-error a sum of bools
sequenceSum(data);

// What is not known is left to tracing.
declare const anything: ClientsValue;
declare const tensors: ClientsValue<TensorType>;
declare const structs: ClientsValue<StructType>;
declare const datasets: ClientsValue<SequenceType>;
federatedSum(anything);
federatedSum(tensors);
federatedMean(structs, anything);
federatedMean(tensors, tensors);
federatedMin(anything, { ifEmpty: 0 });
federatedSecureSum(tensors, 3);
sequenceSum(datasets);

// Constants have the type of their literal, or are held to the one that is given.
const three = federatedValue(3, 'SERVER');
holds<Same<typeof three, ServerValue<TensorType<'float32', []>>>>();
federatedSum(federatedValue({ a: 1, b: [1, 2] }, 'CLIENTS'));
// @ts-expect-error a sum of bools
federatedSum(federatedValue(true, 'CLIENTS'));
// @ts-expect-error a string for an integer
federatedValue('three', 'SERVER', int32());
