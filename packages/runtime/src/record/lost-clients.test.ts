import { describe, expect, test } from 'vitest';
import { countReports, formatLost, joinLost, lostClients, type RoundReport } from './lost-clients.js';

const dropped = (client: string, reason: string, code = 'load-failed', phase = 0): RoundReport => ({
  client,
  status: 'dropped',
  code,
  reason,
  phase,
});
const accepted = (client: string): RoundReport => ({ client, status: 'accepted' });

describe('countReports', () => {
  test('`countReports` counts each status', () => {
    const refused = { ...dropped('c', 'NaN', 'non-finite-update'), status: 'rejected' } as RoundReport;
    expect(countReports([accepted('a'), dropped('b', 'x'), refused, accepted('d')])).toEqual({
      cohort: 4,
      accepted: 2,
      rejected: 1,
      dropped: 1,
    });
  });
});

describe('lostClients', () => {
  test('`lostClients` is empty when all were accepted', () => {
    expect(lostClients([accepted('a'), accepted('b')])).toEqual([]);
  });

  test('`lostClients` makes one group of reasons that differ in the client’s name and in numbers', () => {
    const reports = [
      dropped('mote-7', 'no such file /data/mote-7.csv (errno 2)'),
      accepted('mote-8'),
      dropped('mote-9', 'no such file /data/mote-9.csv (errno -2)'),
    ];
    expect(lostClients(reports)).toEqual([
      {
        status: 'dropped',
        code: 'load-failed',
        phase: 0,
        reason: 'no such file /data/mote-7.csv (errno 2)',
        count: 2,
        clients: ['mote-7', 'mote-9'],
      },
    ]);
  });

  test('`lostClients` takes a name for itself only where it stands as a word', () => {
    // 'a' is in every word here; replaced anywhere, the two reasons would differ.
    const groups = lostClients([dropped('a', 'a has no data'), dropped('b', 'b has no data')]);
    expect(groups.map(({ count }) => count)).toEqual([2]);
  });

  test('`lostClients` keeps leaves, codes and phases apart', () => {
    const reports = [
      dropped('a', 'NaN in weights.0'),
      dropped('b', 'NaN in weights.10'),
      dropped('c', 'NaN in weights.0', 'work-failed'),
      dropped('d', 'NaN in weights.0', 'load-failed', 1),
    ];
    expect(lostClients(reports).map(({ clients }) => clients)).toEqual([['a'], ['b'], ['c'], ['d']]);
  });

  test('`lostClients` gives ten names of a thousand clients, the first of the cohort, and counts them all', () => {
    const reports = Array.from({ length: 1000 }, (_, index) =>
      dropped(`c${index}`, `out of memory at ${index}`),
    );
    const groups = lostClients(reports);
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ count: 1000, reason: 'out of memory at 0' });
    expect(groups[0]!.clients).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9']);
  });

  test('`lostClients` groups by code alone when there are more reasons than it lists', () => {
    const letters = [...'abcdefghijkl'];
    const reports = letters.map((letter) =>
      dropped('client', `reason ${letter}`, letter < 'd' ? 'left' : 'deadline'),
    );
    expect(lostClients(reports).map(({ code, count }) => [code, count])).toEqual([
      ['deadline', 9],
      ['left', 3],
    ]);
  });

  test('`lostClients` names the first of the cohort of a code, whatever their reasons', () => {
    // Eleven reasons of one code, each of two clients that stand eleven apart: c0 and c11, c1 and c12, …
    const reports = Array.from({ length: 22 }, (_, index) =>
      dropped(`c${index}`, `reason ${'abcdefghijk'[index % 11]}`),
    );
    const [group, ...others] = lostClients(reports);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ count: 22, reason: 'reason a' });
    expect(group!.clients).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9']);
  });

  test('`lostClients` lists at most ten codes: of the smallest, the refused and the dropped are one entry each', () => {
    // Twelve codes; code-0 has 12 clients, code-11 one. The last two are refused.
    const reports = Array.from({ length: 12 }, (_, code) =>
      Array.from({ length: 12 - code }, (_, index) => ({
        ...dropped(`c${code}-${index}`, 'why', `code-${code}`),
        ...(code < 10 ? {} : { status: 'rejected' as const }),
      })),
    ).flat() as RoundReport[];
    const groups = lostClients(reports);
    // The eight largest have 12 to 5 clients; code-8 and code-9 have 4 + 3, code-10 and code-11 2 + 1.
    expect(groups.map(({ status, code, count }) => [status, code, count])).toEqual(
      [
        ...[0, 1, 2, 3, 4, 5].map((code) => ['dropped', `code-${code}`, 12 - code]),
        ...[['dropped', 'other', 7]],
        ...[6, 7].map((code) => ['dropped', `code-${code}`, 12 - code]),
        ['rejected', 'other', 3],
      ].sort((one, other) => (other[2] as number) - (one[2] as number)),
    );
    expect(groups.at(-1)!.clients).toEqual(['c10-0', 'c10-1', 'c11-0']);
    // Those of two rounds, joined, are the same entries with twice the counts.
    expect(joinLost([...groups, ...groups]).map(({ code, count }) => [code, count])).toEqual(
      groups.map(({ code, count }) => [code, 2 * count]),
    );
  });

  test('`lostClients` cuts a reason short that a client words', () => {
    expect(lostClients([dropped('a', 'x'.repeat(2000))])[0]!.reason).toBe(`${'x'.repeat(500)}…`);
  });

  test('`lostClients` takes names that mean something to a pattern', () => {
    const groups = lostClients([
      dropped('(a+)[', 'no (a+)[ here'),
      dropped('$^', 'no $^ here'),
      dropped('', 'no # here'),
    ]);
    expect(groups.map(({ count }) => count)).toEqual([3]);
  });
});

describe('joinLost', () => {
  test('`joinLost` adds up the groups of several rounds, the largest first', () => {
    const first = lostClients([dropped('a', 'full', 'work-failed'), dropped('b', 'no file b')]);
    const second = lostClients([dropped('b', 'no file b'), dropped('c', 'no file c')]);
    expect(joinLost([...first, ...second]).map(({ code, count, clients }) => [code, count, clients])).toEqual(
      [
        ['load-failed', 3, ['b', 'c']],
        ['work-failed', 1, ['a']],
      ],
    );
  });
});

describe('formatLost', () => {
  test('`formatLost` says how many, why and who, on one line', () => {
    const [group] = lostClients([dropped('a', 'no file\n    at load.ts:3')]);
    expect(formatLost(group!)).toBe('1 dropped, load-failed: no file (a)');
    expect(formatLost({ ...group!, status: 'rejected' })).toBe('1 refused, load-failed: no file (a)');
  });

  test('`formatLost` says that there are more clients than it names', () => {
    const reports = Array.from({ length: 11 }, (_, index) => dropped(`c${index}`, 'no file'));
    const text = '11 dropped, load-failed: no file (c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, …)';
    expect(lostClients(reports).map(formatLost)).toEqual([text]);
  });
});
