import { describe, expect, test } from 'vitest';
import { failedRound, round, start, summary } from '../testing/run-events.js';
import { plainLines } from './plain-lines.js';

describe('plainLines', () => {
  test('shows the round, its metrics and clients a second', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line));
    observer.started?.(start);
    observer.ready?.(420);
    observer.round?.(round);
    observer.finished?.(summary);
    // 9 accepted clients in half a second: 18 a second.
    expect(lines).toEqual([
      'mnist on threads (2 workers): 100 clients, 20 rounds, seed 1',
      'ready in 420 ms',
      'round  3/20  loss 0.25  9/10 clients  18 clients/s  500 ms',
      '  1 dropped, load-failed: no file',
      '    client-4',
      "  load-failed: fix what the population's load reads for these clients, or draw",
      '    cohorts without them',
      '20 rounds in 4.1 s, state ab12',
      'missing 1 of 10 updates: 1 load-failed',
    ]);
  });

  test('tells of simulated faults below a round, and of all of them at the end', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line));
    const none = { crashes: 0, stragglers: 0, late: 0, corrupt: 0, byzantine: 0, duplicates: 0 };
    observer.started?.(start);
    observer.ready?.(420);
    observer.round?.({ ...round, faults: { ...none, dropouts: 1, serverCrashes: 0 }, virtualMs: 1500 });
    observer.ready?.(80);
    observer.round?.({
      ...round,
      round: 4,
      faults: { ...none, dropouts: 0, serverCrashes: 1 },
      virtualMs: 500,
    });
    observer.finished?.(summary);
    expect(lines.slice(1)).toEqual([
      'ready in 420 ms',
      'round  3/20  loss 0.25  9/10 clients  18 clients/s  500 ms',
      '  faults: 1 dropout; 1.5 s of virtual time',
      '  1 dropped, load-failed: no file',
      '    client-4',
      'the server died (simulated), and is started again: ready in 80 ms',
      'round  4/20  loss 0.25  9/10 clients  18 clients/s  500 ms',
      '  faults: 1 server crash; 500 ms of virtual time',
      '20 rounds in 4.1 s, state ab12',
      'missing 2 of 20 updates: 2 load-failed',
      'simulated faults from round 3 on: 1 dropout, 1 server crash; 2.0 s of virtual',
      '  time',
    ]);
  });

  test('tells one time of rounds that do not wait, and from which round on, at the end of a later start', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line));
    const none = { dropouts: 0, stragglers: 0, late: 0, corrupt: 0, byzantine: 0 };
    const faults = { ...none, crashes: 1, duplicates: 0, serverCrashes: 0 };
    observer.started?.(start);
    observer.failedRound?.({ ...failedRound, faults, staleness: [1], virtualMs: 200 });
    observer.round?.({ ...round, faults, staleness: [8, 1], tooStale: 0, virtualMs: 500 });
    observer.finished?.(summary);
    // The attempt that failed is in the time of its round; 1 of 9 reports was a round old.
    expect(lines.slice(-2)).toEqual([
      'staleness of 9 reports from round 3 on: mean 0.1111, median 0, at most 1; 500 ms by its clock',
      'simulated faults from round 3 on: 2 crashes; 500 ms of virtual time',
    ]);
  });

  test('tells of a failed attempt in a line, and of failed attempts at the end', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line));
    observer.started?.(start);
    observer.round?.(round);
    observer.failedRound?.(failedRound);
    observer.finished?.({ ...summary, failedRounds: 1 });
    // The reason was told in the round before.
    expect(lines.slice(6)).toEqual([
      'round  3/20  attempt 1 failed  9/10 clients  too-few-reports: need 10 reports, got 9 of 10',
      '20 rounds, 1 attempt failed, in 4.1 s, state ab12',
      'missing 2 of 20 updates: 2 load-failed',
    ]);
  });

  test('writes only some rounds when asked to, and always the last', () => {
    const lines: string[] = [];
    const observer = plainLines((line) => lines.push(line), 8);
    observer.started?.(start);
    for (let index = 1; index <= 20; index++) observer.round?.({ ...round, lost: [], round: index });
    expect(lines.slice(1).map((line) => line.slice(0, 11))).toEqual([
      'round  8/20',
      'round 16/20',
      'round 20/20',
    ]);
  });
});
