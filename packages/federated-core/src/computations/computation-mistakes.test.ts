// What a computation is made of and called with, written as a user of JavaScript may: each slip meets a sentence.
import { describe, expect, test } from 'vitest';
import { evaluate } from '../evaluate/evaluate.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { plainLocal } from '../testing/plain-local.js';
import { atClients, float32, struct } from '../types/types.js';
import { bind } from './bind.js';
import { call } from './call.js';
import { federatedComputation } from './federated-computation.js';

const make = federatedComputation as unknown as (...given: readonly unknown[]) => never;
const total = federatedComputation({ x: atClients(float32()) }, ({ x }) => federatedSum(x), {
  name: 'total',
});
const half = plainLocal(float32(), float32(), (x) => Number(x) / 2);
const line = /\n {4}at .*computation-mistakes\.test\.ts:\d+:\d+$/;

describe('federatedComputation', () => {
  test.each<readonly [string, readonly unknown[], string]>([
    ['nothing', [], 'its parameters must be placed types by name'],
    ['a body alone', [() => 1], 'got a function. Parameters come first, then the body'],
    ['no body', [{ x: atClients(float32()) }], 'its body must be a function, got undefined'],
    ['a name for a body', [null, 'total'], "its body must be a function, got 'total'"],
    ['a name for options', [null, () => 1, 'total'], "need options { name }, got 'total'"],
    ['a misspelled option', [null, () => 1, { nmae: 'total' }], "got 'nmae'; did you mean 'name'?"],
    ['a type without a place', [{ x: float32() }, () => 1], 'parameter x needs a placement'],
    ['a type by its name', [{ x: 'float32' }, () => 1], 'x must be a type, such as float32(784), got'],
  ])('refuses %s', (_, given, message) => {
    expect(() => make(...given)).toThrow(message);
    expect(() => make(...given)).toThrow(line);
  });

  test('says what its body works with, when the body takes a value for an array', () => {
    const trace = () =>
      federatedComputation(
        { x: atClients(float32()) },
        ({ x }) => (x as never as number[]).map((one) => one) as never,
      );
    expect(trace).toThrow(
      /^Cannot read map of a value of \{float32\}@CLIENTS: need an intrinsic, such as federatedMap\(compute, value\), .* got \.map/,
    );
    expect(trace).toThrow(line);
  });

  test('refuses a body that draws a number, which would be the same in all rounds', () => {
    const trace = () =>
      federatedComputation(null, () => federatedValue(Math.random(), 'SERVER'), { name: 'noise' });
    expect(trace).toThrow(
      /^Cannot trace noise: Math\.random would be drawn once, .* got Math\.random in the body/,
    );
    expect(trace).toThrow(expect.objectContaining({ code: 'randomness' }));
    expect(Math.random()).toBeLessThan(1);
  });
});

test('`call`, `bind` and `evaluate` say what they need when they get no computation', async () => {
  const need = 'must be a computation, which federatedComputation(…) makes, got';
  expect(() => call(half as never)).toThrow(
    `${need} an object of kind 'local-computation'. A local computation`,
  );
  expect(() => call(undefined as never)).toThrow(`what is called ${need} undefined`);
  expect(() => bind((() => total) as never, {})).toThrow(need);
  expect(() => bind(total, undefined as never)).toThrow(
    'values must be an object of values by name, got undefined',
  );
  await expect(evaluate({ initialize: total, next: total } as never, {}, {} as never)).rejects.toThrow(need);
  await expect(evaluate(total, { x: [1] }, undefined as never)).rejects.toThrow('need options { run, seed');
  await expect(evaluate(total, { x: [1] }, { run: {} as never })).rejects.toThrow(
    'Cannot evaluate total: run must be what runs local computations, such as localRunner(',
  );
  expect(() => federatedComputation({ x: struct({}) as never }, () => call(total as never))).toThrow(/x/);
});
