import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import { evaluate } from '../evaluate/evaluate.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { plainLocal, plainRunner } from '../testing/plain-local.js';
import { formatType } from '../types/format.js';
import { atClients, atServer, float32 } from '../types/types.js';
import { aggregationProcess } from './aggregation-process.js';
import { clientParts } from './client-parts.js';
import { chain, concatenateProcesses, measuredProcess } from './measured-process.js';
import { clientStartOf, startOf, stepOf } from './step.js';

const add = plainLocal({ a: float32(), b: float32() }, float32(), ({ a, b }) => a + b, 'add');
const half = plainLocal(float32(), float32(), (x) => x / 2, 'half');
const nothing = federatedComputation(null, () => federatedValue(0, 'SERVER'), { name: 'nothing' });

/** Each client's values so far: what it keeps is their sum, from 10 on, and that is the result. */
const soFar = measuredProcess({
  initialize: nothing,
  initializeClient: federatedComputation(null, () => federatedValue(10, 'CLIENTS')),
  next: federatedComputation(
    { state: atServer(float32()), clientState: atClients(float32()), value: atClients(float32()) },
    ({ state, clientState, value }) => {
      const both = federatedMap(add, { a: clientState, b: value });
      return { state, clientState: both, result: both, measurements: state };
    },
    { name: 'so far' },
  ),
});
const halved = measuredProcess({
  initialize: nothing,
  next: federatedComputation(
    { state: atServer(float32()), value: atClients(float32()) },
    ({ state, value }) => ({ state, result: federatedMap(half, value), measurements: state }),
  ),
});
const run = plainRunner;

describe('clientParts', () => {
  test('is empty where no client keeps anything', () => {
    const { start, initialize, parameter, of, join } = clientParts({ halved });
    expect([start, initialize, parameter, of({}, 'halved'), join({})]).toEqual([
      undefined,
      {},
      {},
      undefined,
      {},
    ]);
  });

  test('has a struct of those alone whose clients keep something', () => {
    const { parameter } = clientParts({ halved, first: soFar, second: soFar });
    expect(formatType(parameter.clientState!)).toBe('{<first=float32,second=float32>}@CLIENTS');
  });
});

describe('processes made of some whose clients keep a state', () => {
  test('`chain` keeps it from round to round, by the names of the steps', async () => {
    const process = chain({ first: soFar, middle: halved, second: soFar });
    const state = await evaluate(process.initialize, undefined, { run });
    const begun = await evaluate(process.initializeClient!, undefined, { run, clients: 2 });
    expect(begun).toEqual(new Array(2).fill({ first: 10, second: 10 }));
    const given = { state, clientState: begun, value: [2, 4] };
    const step = (await evaluate(process.next, given as never, { run })) as unknown as Record<
      string,
      unknown
    >;
    // 10 + 2 = 12, halved 6, 10 + 6 = 16; 10 + 4 = 14, halved 7, 10 + 7 = 17.
    expect(step['clientState']).toEqual([
      { first: 12, second: 16 },
      { first: 14, second: 17 },
    ]);
    expect(step['result']).toEqual([16, 17]);
  });

  test('`concatenateProcesses` keeps it, too', async () => {
    const process = concatenateProcesses({ kept: soFar, plain: halved });
    const state = await evaluate(process.initialize, undefined, { run });
    const given = { state, clientState: [{ kept: 1 }], kept: [2], plain: [4] };
    const step = (await evaluate(process.next, given as never, { run })) as unknown as Record<
      string,
      unknown
    >;
    expect(step['clientState']).toEqual([{ kept: 3 }]);
    expect(step['result']).toEqual({ kept: [3], plain: [2] });
  });

  test('`stepOf` says what a wrapper must pass on', () => {
    expect(() =>
      federatedComputation({ value: atClients(float32()) }, ({ value }) =>
        federatedSum(stepOf(soFar, startOf(soFar), { value }).result as never),
      ),
    ).toThrow('Cannot take a step of so far: its clients keep a state, need clientState, got none');
  });

  test('`clientStartOf` gives what clients start with, if they keep anything', () => {
    expect(clientStartOf(halved)).toBeUndefined();
    const first = federatedComputation(null, () => clientStartOf(soFar)!());
    expect(formatType(first.type.result)).toBe('float32@CLIENTS');
  });
});

describe('templates of steps', () => {
  const next = federatedComputation(
    { state: atServer(float32()), clientState: atClients(float32()), value: atClients(float32()) },
    ({ state, clientState, value }) => ({
      state,
      clientState: federatedMap(add, { a: clientState, b: value }),
      result: federatedSum(value),
      measurements: state,
    }),
  );
  const initializeClient = federatedComputation(null, () => federatedValue(0, 'CLIENTS'));

  test('`aggregationProcess` takes what clients keep', () => {
    const process = aggregationProcess({ initialize: nothing, initializeClient, next });
    expect(process.initializeClient).toBe(initializeClient);
  });

  test('both refuse a client state that nothing begins, or that begins elsewhere', () => {
    expect(() => aggregationProcess({ initialize: nothing, next } as never)).toThrow(
      'next must return { state, result, measurements }',
    );
    expect(() => measuredProcess({ initialize: nothing, initializeClient: nothing, next } as never)).toThrow(
      'initializeClient must give one value at CLIENTS',
    );
  });
});
