import { expect, test } from 'vitest';
import { faultLines, totalFaults } from './fault-lines.js';

const none = {
  dropouts: 0,
  crashes: 0,
  stragglers: 0,
  late: 0,
  corrupt: 0,
  byzantine: 0,
  duplicates: 0,
  serverCrashes: 0,
};

test('`faultLines` tells what has happened, and the virtual time', () => {
  const faults = { ...none, dropouts: 2, stragglers: 9, late: 1, serverCrashes: 1 };
  expect(faultLines('faults', { faults, virtualMs: 1200 })).toEqual([
    'faults: 2 dropouts, 1 too late, 1 server crash; 1.2 s of virtual time',
  ]);
  expect(faultLines('faults', { faults: none, virtualMs: 5 })).toEqual([
    'faults: none; 5 ms of virtual time',
  ]);
  expect(faultLines('faults', { faults: none })).toEqual([]);
  expect(faultLines('faults', {})).toEqual([]);
});

test('`faultLines` keeps to 80 columns, and a number with its noun', () => {
  const faults = { ...none, dropouts: 12, crashes: 13, late: 14, corrupt: 15, byzantine: 16, duplicates: 17 };
  expect(faultLines('faults', { faults, virtualMs: 125_000 }, { indent: '  ' })).toEqual([
    '  faults: 12 dropouts, 13 crashes, 14 too late, 15 corrupt updates,',
    '    16 Byzantine updates, 17 duplicates; 2 min 5 s of virtual time',
  ]);
});

test('`totalFaults` adds up rounds', () => {
  const one = { faults: { ...none, dropouts: 2 }, virtualMs: 5 };
  expect(totalFaults([one, {}, { faults: { ...none, dropouts: 1, late: 4 }, virtualMs: 7 }])).toEqual({
    faults: { ...none, dropouts: 3, late: 4 },
    virtualMs: 12,
  });
  expect(totalFaults([{}])).toEqual({});
});
