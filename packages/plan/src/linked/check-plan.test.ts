import { float32, int32, sequence, struct } from '@starling/federated-core';
import type { LocalProgram, RoundPlan } from '@starling/federated-core/plan';
import { assert, describe, expect, test } from 'vitest';
import { checkPlan } from './check-plan.js';

const pass: LocalProgram<string> = { inputs: 1, instructions: [], outputs: [0] };
const add: LocalProgram<string> = {
  inputs: 2,
  instructions: [{ op: 'call', graph: 'add', inputs: [0, 1], outputs: 1, salt: 0 }],
  outputs: [2],
};
const graphs = new Map([['add', { parameter: struct([float32(), float32()]), result: float32() }]]);

/** Broadcast one number, add each client's to it, sum. */
const plan: RoundPlan<string> = {
  name: 'sum',
  laneSize: 5,
  serverInput: float32(),
  clientInput: float32(),
  phases: [
    {
      prepare: pass,
      broadcast: float32(),
      selections: [],
      work: add,
      aggregations: [{ kind: 'sum', update: float32(), result: float32() }],
    },
  ],
  apply: { inputs: 2, instructions: [], outputs: [1] },
  result: float32(),
};
const phase = plan.phases[0]!;
const aggregation = phase.aggregations[0]!;

const nothing: LocalProgram<string> = { inputs: 0, instructions: [], outputs: [] };
const keys = {
  kind: 'select-keys',
  update: int32(null),
  result: struct({ keys: int32(null), counts: int32(null) }),
  settings: { keyBound: 4, maxKeys: 9 },
} as const;
const keysPhase = {
  prepare: { ...nothing, inputs: 1 },
  broadcast: struct({}),
  selections: [],
  work: pass,
  aggregations: [keys],
};
const selection = {
  keys: { phase: 0, aggregation: 0 },
  served: float32(),
  graph: 'slice',
  slice: float32(2),
  salt: 0,
};
/** The server's number is served; each client sends what it was given as it is. */
const slicesPhase = {
  prepare: { inputs: 3, instructions: [], outputs: [0] },
  broadcast: struct({}),
  selections: [selection],
  work: { inputs: 2, instructions: [], outputs: [0] },
  aggregations: [{ kind: 'collect', update: sequence(float32(2)), result: sequence(float32(2)) }],
} as const;
const selecting: RoundPlan<string> = {
  ...plan,
  clientInput: int32(null),
  phases: [keysPhase, slicesPhase],
  apply: { inputs: 4, instructions: [], outputs: [3] },
};
const slicing = new Map([['slice', { parameter: struct([float32(), int32()]), result: float32(2) }]]);

describe('checkPlan', () => {
  test('`checkPlan` accepts a plan whose slots fit', () => {
    assert.doesNotThrow(() => checkPlan(plan, graphs));
  });

  test.each<[string, Partial<RoundPlan<string>>, RegExp]>([
    ['lanes have no client', { laneSize: 0 }, /laneSize must be at least 1, got 0/],
    ['apply takes too little', { apply: pass }, /apply .*: it must take 2 leaves, got 1/],
    ['apply gives too much', { apply: { ...plan.apply, outputs: [0, 1] } }, /it must give 1 leaves, got 2/],
    [
      'an output is no register',
      { apply: { ...plan.apply, outputs: [2] } },
      /register 2 is read when there are only 2/,
    ],
    ['work forgets the broadcast', { phases: [{ ...phase, work: pass }] }, /phase 0 work .*: it must take 2/],
    [
      'an instruction reads ahead',
      {
        phases: [
          {
            ...phase,
            work: {
              ...add,
              instructions: [{ op: 'call', graph: 'add', inputs: [0, 2], outputs: 1, salt: 0 }],
            },
          },
        ],
      },
      /register 2 is read/,
    ],
    [
      'a graph takes something else',
      {
        phases: [
          {
            ...phase,
            work: { ...add, instructions: [{ op: 'call', graph: 'add', inputs: [0], outputs: 1, salt: 0 }] },
          },
        ],
      },
      /graph add must take 1 leaves and give 1, got 2 and 1/,
    ],
    [
      'ifEmpty is no result',
      { phases: [{ ...phase, aggregations: [{ ...aggregation, ifEmpty: [] }] }] },
      /ifEmpty needs 1 leaves, got 0/,
    ],
    [
      'operators do not fit each other',
      {
        phases: [
          {
            ...phase,
            aggregations: [
              {
                update: aggregation.update,
                result: aggregation.result,
                kind: 'aggregate',
                operators: {
                  zero: { inputs: 0, instructions: [{ op: 'random', salt: 0 }], outputs: [0] },
                  accumulate: add,
                  merge: pass,
                  report: pass,
                },
              },
            ],
          },
        ],
      },
      /aggregation 0 merge .*: it must take 2 leaves, got 1/,
    ],
  ])('`checkPlan` throws when %s', (_, change, message) => {
    expect(() => checkPlan({ ...plan, ...change }, graphs)).toThrow(message);
  });

  test('`checkPlan` throws when a graph is not there', () => {
    expect(() => checkPlan(plan, new Map())).toThrow(/there is no graph add/);
  });

  test('`checkPlan` accepts a plan that selects', () => {
    assert.doesNotThrow(() => checkPlan(selecting, slicing));
    assert.throws(() => checkPlan(selecting, new Map()), /there is no graph slice/);
  });

  test.each<[string, RoundPlan<string>['phases'], RegExp]>([
    [
      'keys come in no earlier phase',
      [slicesPhase],
      /selection 0 of phase 0 .*: aggregation 0 of phase 0 takes no keys/,
    ],
    [
      'keys are no keys',
      [
        { ...keysPhase, aggregations: [{ kind: 'collect', update: keys.update, result: keys.result }] },
        slicesPhase,
      ],
      /aggregation 0 of phase 0 takes no keys/,
    ],
    [
      'keys are no vector',
      [{ ...keysPhase, aggregations: [{ ...keys, update: int32() }] }, slicesPhase],
      /keys must be an int32 vector, and their aggregate two leaves, got int32/,
    ],
    [
      'prepare does not give what is served',
      [keysPhase, { ...slicesPhase, prepare: { inputs: 3, instructions: [], outputs: [] } }],
      /phase 1 prepare .*: it must give 1 leaves, got 0/,
    ],
    [
      'a graph does not take what is served',
      [
        keysPhase,
        {
          ...slicesPhase,
          prepare: { inputs: 3, instructions: [], outputs: [0, 0] },
          selections: [{ ...selection, served: struct([float32(), float32()]) }],
        },
      ],
      /graph slice must take 3 leaves and give 1, got 2 and 1/,
    ],
    [
      'work forgets its slices',
      [keysPhase, { ...slicesPhase, work: pass }],
      /phase 1 work .*: it must take 2 leaves, got 1/,
    ],
  ])('`checkPlan` throws when %s', (_, phases, message) => {
    expect(() => checkPlan({ ...selecting, phases }, slicing)).toThrow(message);
  });
});
