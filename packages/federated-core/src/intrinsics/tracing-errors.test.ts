// What a user reads when a call of an intrinsic does not fit: the intrinsic, what it needs, what it got, and their
// line.
import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import type { AnyClientsValue, ClientsValue, ServerValue } from '../expression/placed-values.js';
import type { LocalComputation } from '../program/local-computation.js';
import { plainLocal } from '../testing/plain-local.js';
import { atClients, atServer, float32, int32, sequence, type Type } from '../types/types.js';
import { federatedSample } from './moves/federated-sample.js';
import { federatedEval } from './pointwise/federated-eval.js';
import { federatedMap } from './pointwise/federated-map.js';
import { federatedValue } from './pointwise/federated-value.js';
import { federatedZip } from './pointwise/federated-zip.js';
import { federatedSecureSum } from './secure/federated-secure-sum.js';
import { federatedSequenceReduce } from './sequences/federated-sequence-reduce.js';
import { federatedAggregate } from './sums/federated-aggregate.js';
import { federatedMean } from './sums/federated-mean.js';
import { federatedMin } from './sums/federated-min.js';
import { federatedSum } from './sums/federated-sum.js';

const half = plainLocal(float32(), float32(), (x) => x / 2, 'half');
const add = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a + b, 'add');
const parameters = {
  x: atClients(float32() as Type),
  n: atClients(int32() as Type),
  s: atServer(float32() as Type),
  data: atClients(sequence(float32())),
};
interface Given {
  readonly x: ClientsValue;
  readonly n: ClientsValue;
  readonly s: ServerValue;
  readonly data: AnyClientsValue<ReturnType<typeof sequence>>;
}
const nothing = undefined as never;

/** By the mistake: a call, and what its error says. */
const mistakes: Readonly<Record<string, readonly [(given: Given) => unknown, string]>> = {
  'a value is undefined': [
    () => federatedSum(nothing),
    'Cannot apply federatedSum: its argument must be a federated value (federatedValue(…) makes one of a constant), got undefined',
  ],
  'a value with options is undefined': [
    () => federatedMin(nothing, { ifEmpty: 0 as never }),
    'Cannot apply federatedMin: its argument must be a federated value (federatedValue(…) makes one of a constant), got undefined',
  ],
  'a bounded value is a number': [
    () => federatedSecureSum(3 as never, { maxInput: 10 }),
    'Cannot apply federatedSecureSum: its argument must be a federated value (federatedValue(…) makes one of a constant), got 3',
  ],
  'a weight is a number': [
    ({ x }) => federatedMean(x, { weight: 2 as never }),
    'Cannot apply federatedMean: weight must be a federated value (federatedValue(…) makes one of a constant), got 2',
  ],
  'a weight stands in place of the options': [
    ({ x }) => federatedMean(x, x as never),
    'Cannot apply federatedMean: need options { weight, ifEmpty }, got a federated value {float32}@CLIENTS',
  ],
  'a number stands in place of the options': [
    ({ x }) => federatedSample(x, 3 as never),
    'Cannot apply federatedSample: need options { maxSamples }, got 3',
  ],
  'an option is misspelled': [
    ({ x }) => federatedMin(x, { ifempty: 0 } as never),
    "Cannot apply federatedMin: need options { ifEmpty }, got 'ifempty'; did you mean 'ifEmpty'?",
  ],
  'an operator is a plain function': [
    ({ x }) =>
      federatedAggregate(x, {
        zero: 0,
        accumulate: add,
        merge: add,
        report: ((y: number) => y) as unknown as LocalComputation,
      }),
    'Cannot apply federatedAggregate: report must be a local computation (localComputation(…)), got the function report',
  ],
  'a function has a parameter too many': [
    () => federatedEval(half as never, 'SERVER'),
    'Cannot apply federatedEval: arguments must fit ( -> T), got (float32 -> float32)',
  ],
  'a type does not fit': [
    ({ n }) => federatedMap(half, n),
    'Cannot apply federatedMap: argument 2 must be {float32}@CLIENTS or float32@SERVER, got {int32}@CLIENTS',
  ],
  'values of two places are side by side': [
    ({ x, s }) => federatedMap(add, { a: x, b: s } as never),
    'Cannot apply federatedMap: need values that are all at CLIENTS, or all at SERVER, got <a={float32}@CLIENTS,b=float32@SERVER>',
  ],
  'a number is deep in a record': [
    ({ x }) => federatedZip({ a: x, deep: [x, { b: 3 }] } as never),
    'Cannot apply federatedZip: need federated values, in a record or list (federatedValue(…) makes one of a constant), got 3 at deep[1].b',
  ],
  'a promise is in a record': [
    ({ x }) => federatedZip({ a: x, later: Promise.resolve(x) } as never),
    'Cannot apply federatedZip: need federated values, in a record or list (federatedValue(…) makes one of a constant), got a Promise at later',
  ],
  'nothing is zipped': [
    () => federatedZip({}),
    'Cannot apply federatedZip: need at least one federated value, got none',
  ],
  'a constant is of another type': [
    () => federatedValue('three' as never, 'SERVER', int32()),
    "Cannot apply federatedValue: its value must be int32: need an integer from -2147483648 to 2147483647, got 'three'",
  ],
  'a constant has no type': [
    () => federatedValue(undefined, 'SERVER'),
    'Cannot apply federatedValue: its value must be a literal: need numbers, booleans, strings or tensors, got undefined',
  ],
  'a placement is none': [
    () => federatedValue(3, 'EDGE' as never),
    "Cannot apply federatedValue: placement must be 'CLIENTS' or 'SERVER', got 'EDGE'",
  ],
  'an initial value does not fit its operator': [
    ({ data }) => federatedSequenceReduce(data, 'a', add),
    "Cannot apply federatedSequenceReduce: its initial value must be float32: need a number, got 'a'",
  ],
  'a zero does not fit its operator': [
    // @ts-expect-error a list for a number
    ({ x }) => federatedAggregate(x, { zero: [1], accumulate: add, merge: add, report: half }),
    'Cannot apply federatedAggregate: zero must be float32: need shape [], got an array of 1',
  ],
  'an ifEmpty does not fit': [
    ({ x }) => federatedMin(x, { ifEmpty: true }),
    'Cannot apply federatedMin: ifEmpty must be float32: need a number, got true',
  ],
};

describe('a call of an intrinsic', () => {
  test.each(Object.entries(mistakes))(
    'says what it needs and got, and where, when %s',
    (_, [mistake, words]) => {
      const trace = () => federatedComputation(parameters, (given) => mistake(given) as never);
      expect(trace).toThrow(words);
      expect(trace).toThrow(/\n {4}at .*tracing-errors\.test\.ts:\d+:\d+$/);
    },
  );
});

describe('federatedComputation', () => {
  test.each([
    ['a number', 3, 'its body must return a federated value, or a record or list of them, got 3'],
    [
      'a promise',
      Promise.resolve(),
      'its body must return a federated value, or a record or list of them, got a Promise',
    ],
    [
      'a record with a number',
      { metrics: [{ loss: 3 }] },
      'metrics[0].loss of what its body returns must be a federated value, or a record or list of them, got 3',
    ],
  ])('`federatedComputation` names the part when its body gives %s', (_, result, words) => {
    const trace = () => federatedComputation(null, () => result as never, { name: 'mean' });
    expect(trace).toThrow(`Cannot trace mean: ${words}`);
  });
});
