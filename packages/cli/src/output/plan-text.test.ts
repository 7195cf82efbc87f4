import { describe, expect, test } from 'vitest';
import { describePlan } from './plan-text.js';

describe('describePlan', () => {
  const update = {
    kind: 'sum',
    intrinsic: 'federatedSum',
    update: 'float32',
    result: 'float32',
    bytesUp: 4,
    revealing: false,
  } as const;
  const phase = {
    broadcast: '<>',
    bytesBroadcast: 0,
    selections: [],
    bytesDown: 0,
    updates: [update],
    bytesUp: 4,
  };
  const report = {
    name: 'total',
    serverInput: '<>',
    clientInput: '<x=float32>',
    result: 'float32',
    laneSize: 5,
    phases: [phase],
    bytesDown: 0,
    bytesUp: 4,
    revealing: false,
  };

  test('says what is sent, for which intrinsic, and that only the aggregate is seen', () => {
    const text = describePlan(report, 'ab12');
    expect(text).toContain(
      'each client sends       float32 (4 bytes) for federatedSum\n  the server sees       only float32\n',
    );
    expect(text).toContain('The server sees aggregates only, no value of a single client.');
    expect(text).not.toContain('round trip');
  });

  test('numbers the round trips and warns when single clients are seen', () => {
    const collect = { ...update, kind: 'collect', intrinsic: 'federatedCollect', revealing: true } as const;
    const text = describePlan(
      { ...report, phases: [phase, { ...phase, updates: [collect] }], revealing: true },
      'ab12',
    );
    expect(text).toContain('round trip 2 of 2');
    expect(text).toContain('clients one by one, as float32');
    expect(text).toContain('The server sees values of single clients.');
  });

  test('says what a client receives by its keys, for each key and in all where their number is known', () => {
    const selection = {
      intrinsic: 'federatedSelect',
      served: 'float32[100,8]',
      slice: 'float32[8]',
    } as const;
    const textWith = (keys: number | null, bytesDown: number | null) => {
      const selections = [{ ...selection, bytesPerKey: 32, keys, bytesDown }];
      return describePlan({ ...report, phases: [{ ...phase, selections, bytesDown }] }, 'ab12');
    };
    expect(textWith(null, null)).toContain('  and by its keys       float32[8]* (32 bytes a key)\n');
    expect(textWith(10, 320)).toContain(
      '  and by its keys       float32[8]* (32 bytes a key, 10 keys: 320 bytes)\n',
    );
    expect(textWith(10, 320)).toContain('a round: 320 bytes down to a client, 4 bytes up;');
  });

  test('says what a round takes by the key where clients have any number of them', () => {
    const keys = {
      ...update,
      kind: 'select-keys',
      intrinsic: 'federatedSelect',
      update: 'int32[?]',
      bytesUp: null,
      revealing: true,
    } as const;
    const selection = {
      intrinsic: 'federatedSelect',
      served: 'float32[100,8]',
      slice: 'float32[8]',
    } as const;
    const selections = [32, 8].map((bytesPerKey) => ({
      ...selection,
      bytesPerKey,
      keys: null,
      bytesDown: null,
    }));
    const phases = [
      { ...phase, updates: [keys], bytesUp: null },
      { ...phase, bytesBroadcast: 12, selections, bytesDown: null },
    ];
    const text = describePlan({ ...report, phases, bytesDown: null, bytesUp: null }, 'ab12');
    expect(text).toContain('each client sends       int32[?] (4 bytes a key) for federatedSelect\n');
    expect(text).toContain(
      'a round: 12 bytes and 40 bytes a key down to a client, 4 bytes and 4 bytes a key up;',
    );
  });
});
