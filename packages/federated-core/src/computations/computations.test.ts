// Expressions as a user builds them: traced, called, bound, made for many types, saved and evaluated.
import { describe, expect, test } from 'vitest';
import { StarlingError, TypeMismatchError } from '../errors/starling-error.js';
import { evaluate } from '../evaluate/evaluate.js';
import { field } from '../expression/symbolic-value.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedEval } from '../intrinsics/pointwise/federated-eval.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { formatComputation } from '../printing/format-computation.js';
import { generator } from '../random/generator.js';
import { bothWays } from '../testing/both-ways.js';
import { movingThreshold, revealing, variance } from '../testing/examples.js';
import { plainLocal, plainRunner } from '../testing/plain-local.js';
import { formatType } from '../types/format.js';
import {
  abstractType,
  atClients,
  atServer,
  float32,
  float64,
  int32,
  sequence,
  struct,
} from '../types/types.js';
import { bind } from './bind.js';
import { call } from './call.js';
import { federatedComputation } from './federated-computation.js';
import { polymorphicComputation } from './polymorphic.js';
import { deserializeComputation, serializeComputation } from './serialize.js';

describe('federatedComputation', () => {
  test('`federatedComputation` reads its type off its parameters and body', () => {
    expect(formatType(movingThreshold.type)).toBe(
      '(<state=float32@SERVER,readings={float32*}@CLIENTS> -> <state=float32@SERVER,metrics=<fraction=float32,clients=int32>@SERVER>)',
    );
  });

  test('`federatedComputation` names the line when a parameter has no placement', () => {
    expect(() => federatedComputation({ x: float32() }, ({ x }) => x)).toThrow(
      /Cannot trace computation: parameter x needs a placement \(atClients\(…\) or atServer\(…\)\), got float32\n.*computations\.test\.ts/,
    );
  });

  test('`federatedComputation` says what to do when a body computes with a symbolic value', () => {
    const trace = () =>
      federatedComputation(atServer(float32()), (x) => {
        if ((x as unknown as number) > 3) return x;
        return x;
      });
    expect(trace).toThrow(StarlingError);
    expect(trace).toThrow(
      'Cannot compute with a value of float32@SERVER here: need a local computation mapped over it',
    );
  });
});

describe('federatedMap', () => {
  test('`federatedMap` says what it needs when it is given something else', () => {
    const identity = plainLocal(float32(), float32(), (x) => x);
    expect(() =>
      federatedComputation(atClients(float32()), (x) => federatedMap(((y: number) => y) as never, x)),
    ).toThrow(
      'Cannot apply federatedMap: argument 1 must be a local computation (localComputation(…)), got a function',
    );
    expect(() => federatedComputation(null, () => federatedMap(identity, undefined as never))).toThrow(
      'Cannot apply federatedMap: need federated values, in a record or list (federatedValue(…) makes one of a constant), got undefined',
    );
    expect(() => federatedComputation(null, () => federatedMap(identity, { x: 3 } as never))).toThrow(
      'got 3',
    );
  });
});

describe('field', () => {
  test('`field` takes a field of every member when a value is federated', async () => {
    const pick = federatedComputation(
      atClients(struct({ a: float32(), b: struct([int32(), float32(2)]) })),
      (value) => ({
        a: federatedSum(field(value, 'a')),
        b: federatedSum(field(field(value, 'b'), 0)),
      }),
    );
    expect(
      await bothWays(pick, [
        { a: 1, b: [2, [0, 0]] },
        { a: 3, b: [4, [0, 0]] },
      ]),
    ).toEqual({ a: 4, b: 6 });
    expect(() =>
      // @ts-expect-error no such field
      federatedComputation(atClients(struct({ a: float32() })), (value) => field(value, 'c')),
    ).toThrow('Cannot take field c: need a struct that has it, got {<a=float32>}@CLIENTS');
  });
});

describe('call', () => {
  test('`call` gives what the called computation gives when called inside another', async () => {
    const twice = federatedComputation({ a: atClients(float32()), b: atClients(float32()) }, ({ a, b }) => ({
      a: call(variance, { values: a }),
      b: call(variance, { values: b }),
    }));
    // Variance of 1, 3 is 1; of 2, 8 is 9.
    expect(await bothWays(twice, { a: [1, 3], b: [2, 8] })).toEqual({ a: 1, b: 9 });
  });

  test('`call` draws other random numbers when a computation is called twice', async () => {
    const draw = plainLocal(null, float64(), (_, seed) => generator(seed).uniform());
    const noise = federatedComputation(null, () => federatedEval(draw, 'SERVER'));
    const pair = federatedComputation(null, () => [call(noise), call(noise)] as const);
    const [first, second] = (await bothWays(pair, undefined)) as readonly number[];
    expect(first).not.toBe(second);
  });

  test('`call` names the parameter and both types when an argument does not fit', () => {
    expect(() => federatedComputation(atClients(int32()), (values) => call(variance, { values }))).toThrow(
      /Cannot call variance: parameter values needs \{float32\}@CLIENTS, got \{int32\}@CLIENTS\n.*computations\.test\.ts/,
    );
    expect(() =>
      federatedComputation(atClients(float32()), (values) => call(variance, { values, more: values })),
    ).toThrow('Cannot call variance: need values, got more');
    // @ts-expect-error no argument
    expect(() => federatedComputation(null, () => call(variance))).toThrow(
      'parameter values needs {float32}@CLIENTS, got nothing',
    );
  });
});

describe('bind', () => {
  test('`bind` fixes parameters to constants when they are named', async () => {
    const fixed = bind(movingThreshold, { state: 32 });
    expect(formatType(fixed.type.parameter!)).toBe('<readings={float32*}@CLIENTS>');
    // One of two clients has a reading above 32.
    expect(await bothWays(fixed, { readings: [[28], [30, 33, 29]] })).toEqual({
      state: 33,
      metrics: { fraction: 0.5, clients: 2 },
    });
    // @ts-expect-error a string in place of a number
    expect(() => bind(movingThreshold, { state: 'cold' })).toThrow(
      /^Cannot bind parameters of movingThreshold: state must be float32: need a number, got 'cold'\n.*computations\.test\.ts/,
    );
    // @ts-expect-error a name that is not a parameter's
    const misnamed = () => bind(movingThreshold, { limit: 3 });
    expect(misnamed).toThrow(TypeMismatchError);
    expect(misnamed).toThrow('need some of state, readings, got limit');
  });
});

describe('polymorphicComputation', () => {
  const scaled = polymorphicComputation(
    { values: atClients(abstractType('T')), weight: atClients(float32()) },
    ({ values, weight }) => federatedMean(values, { weight }),
    { name: 'scaled' },
  );

  test('`polymorphicComputation` is traced for the types of its arguments, once for each', async () => {
    const vector = scaled.instantiate({ values: atClients(float64(2)), weight: atClients(float32()) });
    expect(formatType(vector.type.result)).toBe('float64[2]@SERVER');
    expect(scaled.instantiate({ weight: atClients(float32()), values: atClients(float64(2)) })).toBe(vector);
    const caller = federatedComputation({ x: atClients(float32()) }, ({ x }) =>
      scaled.call({ values: x, weight: x }),
    );
    // (1·1 + 3·3) / 4.
    expect(await bothWays(caller, { x: [1, 3] })).toBe(2.5);
  });

  test('`polymorphicComputation` shows both types when arguments do not fit', () => {
    expect(() => scaled.instantiate({ values: atServer(float32()), weight: atClients(float32()) })).toThrow(
      'Cannot instantiate scaled: arguments must fit <values={T}@CLIENTS,weight={float32}@CLIENTS>, got <values=float32@SERVER,weight={float32}@CLIENTS>',
    );
    expect(() => scaled.instantiate({ values: atClients(int32()), weight: atClients(float32()) })).toThrow(
      'T must be float32 or float64',
    );
  });
});

describe('serializeComputation', () => {
  const twice = federatedComputation({ a: atClients(float32()), b: atClients(float32()) }, ({ a, b }) => ({
    a: call(variance, { values: a }),
    b: [call(variance, { values: b })],
  }));

  test.each([movingThreshold, variance, revealing, twice])(
    '`serializeComputation` loads back as it was ($name)',
    (computation) => {
      const { text, locals } = serializeComputation(computation);
      const again = deserializeComputation(text, (id) => locals.get(id));
      expect(formatComputation(again)).toBe(formatComputation(computation));
      expect(serializeComputation(again).text).toBe(text);
    },
  );

  test('`deserializeComputation` gives a computation that computes the same', async () => {
    const { text, locals } = serializeComputation(twice);
    const again = deserializeComputation(text, (id) => locals.get(id));
    expect(await bothWays(again, { a: [1, 3], b: [2, 8] })).toEqual({ a: 1, b: [9] });
  });

  test('`deserializeComputation` checks what it reads as if it were traced', () => {
    const { text, locals } = serializeComputation(variance);
    const load = (changed: string) => () => deserializeComputation(changed, (id) => locals.get(id));
    expect(load(text.replace('{float32}@CLIENTS', '{int32}@CLIENTS'))).toThrow(
      'Cannot apply federatedMean: T must be',
    );
    expect(load(text.replace('"version":1', '"version":2'))).toThrow(
      'need format starling-computation, version 1',
    );
    expect(load(text.replace(/"arguments":\[\d+\]/, '"arguments":[9]'))).toThrow(
      'need an earlier node, got 9',
    );
    expect(load('{')).toThrow(/^Cannot load a computation: need JSON, got /);
    expect(load('null')).toThrow('need format starling-computation');
    expect(load(text.replace('"intrinsic":"federatedMap"', '"intrinsic":"federatedSpy"'))).toThrow(
      'Cannot load a computation: need a known intrinsic, got federatedSpy',
    );
    expect(() => deserializeComputation(text, () => undefined)).toThrow(
      'need the local computation that it names',
    );
  });
});

describe('evaluate', () => {
  test('`evaluate` names the client, the intrinsic and the line when a local computation fails', async () => {
    const fail = plainLocal(sequence(float32()), float32(), (values) => {
      if (values.length === 0) throw new Error('no readings');
      return values[0];
    });
    const first = federatedComputation(atClients(sequence(float32())), (values) =>
      federatedSum(federatedMap(fail, values)),
    );
    await expect(evaluate(first, [[1], []], { run: plainRunner })).rejects.toThrow(
      /^Cannot compute federatedMap at client 1, which gives \{float32\}@CLIENTS: no readings\n {4}at .*computations\.test\.ts:\d+:\d+$/,
    );
  });

  test('`evaluate` gives the members when a result stays with the clients', async () => {
    const sent = federatedComputation({ x: atServer(float32()), y: atClients(float32()) }, ({ x, y }) => ({
      x: federatedBroadcast(x),
      y,
    }));
    expect(await evaluate(sent, { x: 1, y: [2, 3] }, { run: plainRunner })).toEqual({ x: [1, 1], y: [2, 3] });
  });

  test('`evaluate` names the argument when members are missing', async () => {
    // @ts-expect-error a number in place of a list of members
    await expect(evaluate(variance, { values: 3 }, { run: plainRunner })).rejects.toThrow(
      'Cannot evaluate variance: values needs an array with one member a client',
    );
    // @ts-expect-error no arguments
    await expect(evaluate(variance, undefined, { run: plainRunner })).rejects.toThrow(
      'values needs an array',
    );
    // @ts-expect-error no state
    await expect(evaluate(movingThreshold, { readings: [] }, { run: plainRunner })).rejects.toThrow(
      'Cannot evaluate movingThreshold: state needs a value of float32@SERVER, got none',
    );
    // @ts-expect-error a name that is not a parameter's
    await expect(evaluate(movingThreshold, { state: 1, reading: [] }, { run: plainRunner })).rejects.toThrow(
      'Cannot evaluate movingThreshold: reading is no parameter',
    );
    // @ts-expect-error a string in place of a number
    await expect(evaluate(variance, { values: ['a'] }, { run: plainRunner })).rejects.toThrow(
      "Cannot evaluate variance: values[0] must be float32: need a number, got 'a'",
    );
    const paired = federatedComputation({ x: atClients(float32()), y: atClients(float32()) }, ({ x, y }) =>
      federatedMean(x, { weight: y }),
    );
    await expect(evaluate(paired, { x: [1], y: [1, 2] }, { run: plainRunner })).rejects.toThrow(
      'y needs an array of 1 members, one a client, got an array of 2',
    );
  });
});
