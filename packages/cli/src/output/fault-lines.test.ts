import { expect, test } from 'vitest';
import { faultLines, faultsOfFailed, linesOfAllFaults, totalFaults } from './fault-lines.js';

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

test('`faultsOfFailed` leaves the time out that the round that counts has as well, where nobody waits', () => {
  const faults = { ...none, crashes: 1 };
  // The round that counts took 30 ms since the one before, 20 of which went to its first attempt.
  const failed = faultsOfFailed({ faults, virtualMs: 20, staleness: [1] });
  expect(totalFaults([failed, { faults: none, virtualMs: 30 }])).toEqual({ faults, virtualMs: 30 });
  // A round that waits has its own attempt alone.
  expect(totalFaults([faultsOfFailed({ faults, virtualMs: 20 }), { faults: none, virtualMs: 10 }])).toEqual({
    faults,
    virtualMs: 30,
  });
});

test('`linesOfAllFaults` says from which round on, where a run had rounds before', () => {
  expect(linesOfAllFaults({ faults: { ...none, crashes: 1 } }, 11)).toEqual([
    'simulated faults from round 11 on: 1 crash',
  ]);
});
