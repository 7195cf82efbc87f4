import type { LostClients, RoundLine } from '@starling/runtime/events';
import { describe, expect, test } from 'vitest';
import { createLostTally, lostLines } from './lost-lines.js';

const group: LostClients = {
  status: 'dropped',
  code: 'load-failed',
  phase: 0,
  reason: "ENOENT: no such file or directory, open '/data/sensors/2026/client-2.csv'\n    at load.ts:3:1",
  count: 2,
  clients: ['client-2', 'client-3'],
};
const line = (...lost: readonly LostClients[]): RoundLine => {
  const dropped = lost.reduce((sum, { count }) => sum + count, 0);
  return {
    type: 'round',
    round: 1,
    metrics: {},
    cohort: 10,
    accepted: 10 - dropped,
    rejected: 0,
    dropped,
    lost,
    wallMs: 1,
  };
};

describe('lostLines', () => {
  test('`lostLines` tells how many, why, who and what to do, within 80 characters', () => {
    expect(lostLines([group])).toEqual([
      '  2 dropped, load-failed: ENOENT: no such file or directory, open',
      "    '/data/sensors/2026/client-2.csv'",
      '    client-2, client-3',
      "  load-failed: fix what the population's load reads for these clients, or draw",
      '    cohorts without them',
    ]);
  });

  test('`lostLines` says that there are more than it names', () => {
    const clients = [...'abcdefghij'];
    const many = { ...group, reason: 'full', status: 'rejected', count: 1000, clients } as const;
    expect(lostLines([many], { advice: false })).toEqual([
      '  1,000 refused, load-failed: full',
      '    a, b, c, d, e, f, g, h, i, j, …',
    ]);
  });

  test('`lostLines` shows what would steer a terminal as code', () => {
    const steering = { ...group, reason: `${String.fromCharCode(0x1b)}[2J`, clients: ['a\u202eb'] };
    expect(lostLines([steering], { advice: false })).toEqual([
      '  2 dropped, load-failed: \\u001b[2J',
      '    a\\u202eb',
    ]);
  });

  test('`lostLines` leaves a word whole that is longer than a line', () => {
    expect(lostLines([{ ...group, reason: 'x'.repeat(90) }], { advice: false })).toContain(
      `    ${'x'.repeat(90)}`,
    );
  });
});

describe('createLostTally', () => {
  test('`createLostTally` gives a reason once, however many rounds have it, and counts all', () => {
    const tally = createLostTally();
    const refused = {
      ...group,
      status: 'rejected',
      code: 'non-finite-update',
      reason: 'NaN',
      count: 1,
    } as const;
    expect(tally.total()).toBeNull();
    expect(tally.add(line(group))).toEqual([group]);
    expect(
      tally.add(
        line({ ...group, reason: group.reason.replace('client-2', 'client-9'), clients: ['client-9'] }),
      ),
    ).toEqual([]);
    expect(tally.add(line(refused))).toEqual([refused]);
    // 2 + 2 + 1 of three cohorts of ten.
    expect(tally.total()).toBe('missing 5 of 30 updates: 4 load-failed, 1 non-finite-update');
  });
});
