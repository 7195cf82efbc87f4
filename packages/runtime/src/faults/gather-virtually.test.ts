import { describe, expect, test } from 'vitest';
import { type Arrival, gatherVirtually } from './gather-virtually.js';

const address = { run: 'r', round: 1, attempt: 1, phase: 0, base: '' };
const report = (atMs: number, isDuplicate = false): Arrival => ({ kind: 'report', atMs, isDuplicate });
const gathered = (arrivals: readonly Arrival[], deadlineMs = Number.POSITIVE_INFINITY, goal?: number) => {
  const cohort = arrivals.map((_, at) => `c${at}`);
  const { losses, late, repeated, endedMs } = gatherVirtually(address, cohort, arrivals, deadlineMs, goal);
  return {
    lost: losses.map((loss) => loss?.code ?? null),
    late: [...late],
    repeated: [...repeated],
    endedMs,
  };
};

describe('gatherVirtually', () => {
  test('`gatherVirtually` ends with the last report', () => {
    expect(gathered([report(30), report(10), report(20)])).toEqual({
      lost: [null, null, null],
      late: [],
      repeated: [],
      endedMs: 30,
    });
  });

  test('`gatherVirtually` drops what comes after the deadline, and takes what comes with it', () => {
    expect(gathered([report(50), report(10), report(51), { kind: 'never' }], 50)).toEqual({
      lost: [null, null, 'deadline', 'deadline'],
      late: ['c2'],
      repeated: [],
      endedMs: 50,
    });
  });

  test('`gatherVirtually` ends with as many reports as are wanted, and calls nobody late whom it did not wait for', () => {
    const five = [report(30), report(10), { kind: 'never' } as const, report(20), report(40)];
    expect(gathered(five, 50, 2)).toEqual({
      lost: ['not-needed', null, 'not-needed', null, 'not-needed'],
      late: [],
      repeated: [],
      endedMs: 20,
    });
    // Four that never come, or too late: the deadline ends what the goal does not.
    expect(gathered(five, 25, 3)).toMatchObject({ late: ['c0', 'c4'], endedMs: 25 });
  });

  test('`gatherVirtually` counts a report once that comes twice', () => {
    expect(gathered([report(5, true), report(9, true)], 7)).toEqual({
      lost: [null, 'deadline'],
      late: ['c1'],
      repeated: ['c0'],
      endedMs: 7,
    });
    // The first report is the last that is awaited: its second comes when the phase is over, and is answered alike.
    expect(gathered([report(5, true)]).repeated).toEqual(['c0']);
  });

  test('`gatherVirtually` does not wait for who is known to be lost', () => {
    const lost: Arrival = { kind: 'lost', atMs: 3, code: 'crashed', reason: 'x' };
    expect(gathered([lost, report(2)], 50)).toMatchObject({ lost: ['crashed', null], endedMs: 3 });
    expect(gathered([], 50)).toMatchObject({ lost: [], endedMs: 0 });
  });
});
