// A computation is what was written: no array that a user holds, before or after, is part of it.
import { describe, expect, test } from 'vitest';
import { createReduction } from '../aggregations/create-reduction.js';
import { compilePlan } from '../compile/compile-plan.js';
import { bind } from '../computations/bind.js';
import { type FederatedComputation, federatedComputation } from '../computations/federated-computation.js';
import { deserializeComputation, serializeComputation } from '../computations/serialize.js';
import { evaluate } from '../evaluate/evaluate.js';
import { runProgram } from '../program/run-program.js';
import { plainLocal, plainRunner } from '../testing/plain-local.js';
import { atClients, atServer, float32, sequence, string, type Type } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import { federatedValue } from './pointwise/federated-value.js';
import { federatedSequenceReduce } from './sequences/federated-sequence-reduce.js';
import { federatedAggregate } from './sums/federated-aggregate.js';
import { federatedMax } from './sums/federated-max.js';
import { federatedMean } from './sums/federated-mean.js';
import { federatedMin } from './sums/federated-min.js';

const vector = float32(2);
const options = { run: plainRunner };
const textOf = (computation: FederatedComputation) => serializeComputation(computation).text;

const add = plainLocal({ left: vector, right: vector }, vector, ({ left, right }) =>
  Float32Array.from(left.data, (x, index) => Number(x) + right.data[index]),
);
const keep = plainLocal(vector, vector, (value) => value);

describe('literals', () => {
  const doors: Readonly<Record<string, (given: unknown) => FederatedComputation>> = {
    federatedValue: (given) => federatedComputation(null, () => federatedValue(given, 'SERVER')),
    'federatedValue with a type': (given) =>
      federatedComputation(null, () => federatedValue(given as Float32Array, 'SERVER', vector)),
    bind: (given) =>
      bind(
        federatedComputation({ value: atServer(vector) }, ({ value }) => value),
        { value: given as Float32Array },
      ),
    'ifEmpty of a mean': (given) =>
      federatedComputation({ value: atClients(vector) }, ({ value }) =>
        federatedMean(value, { ifEmpty: given as Float32Array }),
      ),
    'ifEmpty of a minimum': (given) =>
      federatedComputation({ value: atClients(vector) }, ({ value }) =>
        federatedMin(value, { ifEmpty: given as Float32Array }),
      ),
    'ifEmpty of a maximum': (given) =>
      federatedComputation({ value: atClients(vector) }, ({ value }) =>
        federatedMax(value, { ifEmpty: given as Float32Array }),
      ),
    zero: (given) =>
      federatedComputation({ value: atClients(vector) }, ({ value }) =>
        federatedAggregate(value, { zero: given, accumulate: add, merge: add, report: keep }),
      ),
    'an initial value': (given) =>
      federatedComputation({ data: atServer(sequence(vector)) }, ({ data }) =>
        federatedSequenceReduce(data, given, add),
      ),
  };
  /** One that gives the literal alone: of no clients, and of an empty dataset. */
  const resultOf = (computation: FederatedComputation) =>
    evaluate(computation, argumentFor(computation) as never, options);
  const argumentFor = ({ parameters }: FederatedComputation) =>
    parameters.length === 0 ? null : { [parameters[0]!.name as string]: [] };

  for (const [name, write] of Object.entries(doors)) {
    for (const given of [
      () => Float32Array.of(1, 2),
      (): Tensor => ({ dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }),
    ]) {
      test(`\`${name}\` keeps its constant when the array that it was given is written to`, async () => {
        const literal = given();
        const computation = write(literal);
        const before = textOf(computation);
        ('data' in literal ? (literal.data as Float32Array) : literal)[0] = 9;
        expect(textOf(computation)).toBe(before);
        expect(await resultOf(computation)).toMatchObject({ data: Float32Array.of(1, 2) });
      });

      test(`\`${name}\` keeps its constant when what \`evaluate\` gave is written to`, async () => {
        const computation = write(given());
        const before = textOf(computation);
        const value = (await resultOf(computation)) as Tensor;
        (value.data as Float32Array)[0] = 9;
        (value.shape as number[])[0] = 9;
        expect(textOf(computation)).toBe(before);
        expect(await resultOf(computation)).toMatchObject({ shape: [2], data: Float32Array.of(1, 2) });
      });
    }
  }

  test('`federatedValue` keeps its strings when the tensor that held them is written to', () => {
    const words = { dtype: 'string', shape: [1], data: ['a'] } as const satisfies Tensor;
    const computation = federatedComputation(null, () => federatedValue(words, 'SERVER', string(1)));
    const before = textOf(computation);
    (words.data as unknown as string[])[0] = 'b';
    expect(textOf(computation)).toBe(before);
  });
});

describe('plans', () => {
  const noGraph = () => {
    throw new Error('no graph is called');
  };

  test('`compilePlan` gives a plan with constants of its own', () => {
    const computation = federatedComputation({ value: atClients(vector) }, ({ value }) => ({
      mean: federatedMean(value, { ifEmpty: Float32Array.of(1, 2) }),
      constant: federatedValue(Float32Array.of(1, 2), 'SERVER'),
    }));
    const before = textOf(computation);
    const { phases, apply } = compilePlan(computation);
    const [constant] = apply.instructions;
    const tensors = [
      phases[0]!.aggregations[0]!.ifEmpty![0]!,
      ...(constant?.op === 'constant' ? [constant.value] : []),
    ];
    expect(tensors.length).toBe(2);
    for (const { data } of tensors) (data as Float32Array)[0] = 9;
    expect(textOf(computation)).toBe(before);
  });

  test('`runProgram` gives a copy of a constant that is an output', async () => {
    const plan = compilePlan(
      federatedComputation(null, () => federatedValue(Float32Array.of(1, 2), 'SERVER')),
    );
    const outputs = () => runProgram(plan.apply, [], noGraph, [0, 1]);
    ((await outputs())[0]!.data as Float32Array)[0] = 9;
    expect((await outputs())[0]!.data).toEqual(Float32Array.of(1, 2));
  });

  test.each(['mean', 'min', 'max'] as const)('the %s of nobody is a copy of `ifEmpty`', async (kind) => {
    const ifEmpty: Tensor[] = [{ dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }];
    const reduction = createReduction({ kind, update: vector, result: vector, ifEmpty }, noGraph);
    const report = async () => reduction.report(await reduction.zero());
    ((await report())[0]!.data as Float32Array)[0] = 9;
    expect((await report())[0]!.data).toEqual(Float32Array.of(1, 2));
  });
});

describe('evaluate', () => {
  const identity = federatedComputation({ value: atServer(vector) }, ({ value }) => value);

  test('`evaluate` gives an array of its own when its argument is the result', async () => {
    const given = Float32Array.of(1, 2);
    const value = (await evaluate(identity, { value: given }, options)) as Tensor;
    expect(value.data).toEqual(Float32Array.of(1, 2));
    expect(value.data).not.toBe(given);
  });

  test('`evaluate` computes with its arguments as they were when it was called', async () => {
    const given = Float32Array.of(1, 2);
    const evaluating = evaluate(identity, { value: given }, options);
    given[0] = 9;
    expect(((await evaluating) as Tensor).data).toEqual(Float32Array.of(1, 2));
  });
});

describe('deserializeComputation', () => {
  const saved = (value: unknown, type: Type) =>
    textOf(federatedComputation(null, () => federatedValue(value as never, 'SERVER', type)));
  const load = (text: string) => deserializeComputation(text, () => undefined);

  test('`deserializeComputation` refuses a literal whose leaves are not those of its type', () => {
    const text = saved([1, 2], vector);
    expect(load(text).type.result).toEqual(atServer(vector));
    for (const wrong of ['float32[3]', 'int32[2]', '<float32[2],float32>', '<>']) {
      expect(() => load(text.replace('"type":"float32[2]"', `"type":"${wrong}"`))).toThrow(
        expect.objectContaining({ code: 'bad-computation' }),
      );
    }
  });

  test('`deserializeComputation` refuses a bool that is neither 0 nor 1', () => {
    const text = saved(true, { kind: 'tensor', dtype: 'bool', shape: [] });
    expect(() => load(text.replace('"data":"01"', '"data":"ff"'))).toThrow(
      expect.objectContaining({ code: 'bad-tensor' }),
    );
  });

  test('`deserializeComputation` refuses an `ifEmpty` that is no value of what is aggregated', () => {
    const text = textOf(
      federatedComputation({ value: atClients(float32()) }, ({ value }) =>
        federatedMean(value, { ifEmpty: 1 }),
      ),
    );
    // 1 as float32, little-endian, is 0000803f; a vector of two has another shape.
    expect(() => load(text.replace('"shape":[],"data":"0000803f"', '"shape":[1],"data":"0000803f"'))).toThrow(
      expect.objectContaining({ code: 'bad-computation' }),
    );
  });
});
